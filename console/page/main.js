import { createFaultsView } from "./faults/faults-view.js";
import { createGalleryView } from "./gallery/gallery-view.js";
import { createImageView } from "./image/image-view.js";
import { createMetricsView } from "./metrics/metrics-view.js";
import { createQueueView } from "./queue/queue-view.js";
import { byId } from "./shell/element.js";
import { createNavigation, Router } from "./shell/router.js";
import { ask, Live } from "./shell/server.js";

/** @type {readonly (keyof import("../server/wire").LiveEvents)[]} */
const EVENTS = ["images", "removed", "counts", "journal", "faults", "queue", "metrics"];

const info = /** @type {import("../server/wire").ConsoleInfo} */ (await ask("/api/console"));
const live = new Live("/api/events", EVENTS);

byId("environment").textContent = info.environment;
live.on("connection", (state) => {
  const connection = byId("connection");
  connection.dataset.state = state;
  connection.textContent = state === "live" ? "live" : "reconnecting";
});

const navigation = createNavigation(byId("views"));
const router = new Router(byId("main"), (name) => navigation.mark(name));
navigation.add("", "Images");
router.add("", createGalleryView({ info, live }));
router.add("image", createImageView({ info, live }));
if (info.local) {
  const showArmed = navigation.add("faults", "Faults", "notice");
  router.add(
    "faults",
    createFaultsView({ info, live }, (uploads) => showArmed(uploads, "uploads will be struck")),
  );
  const showWaiting = navigation.add("queue", "Dead letters", "alert");
  router.add(
    "queue",
    createQueueView({ live }, (waiting) => showWaiting(waiting, "messages wait")),
  );
  const showFiring = navigation.add("metrics", "Metrics", "alert");
  router.add(
    "metrics",
    createMetricsView({ info, live }, (firing) => showFiring(firing, "alarms are on")),
  );
}
router.start();
