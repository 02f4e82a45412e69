import { createFaultsView } from "./faults/faults-view.js";
import { createGalleryView } from "./gallery/gallery-view.js";
import { createImageView } from "./image/image-view.js";
import { createMetricsView } from "./metrics/metrics-view.js";
import { createQueueView } from "./queue/queue-view.js";
import { Live } from "./shell/live.js";
import { createNavigation } from "./shell/navigation.js";
import { Router } from "./shell/router.js";
import { ask } from "./shell/server.js";

const EVENTS = ["images", "removed", "counts", "journal", "faults", "queue", "metrics"];

const info = await ask("/api/console");
const live = new Live("/api/events", EVENTS);
const context = { info, live };

document.getElementById("environment").textContent = info.environment;
live.on("connection", (state) => {
  const connection = document.getElementById("connection");
  connection.dataset.state = state;
  connection.textContent = state === "live" ? "live" : "reconnecting";
});

const navigation = createNavigation(document.getElementById("views"));
const router = new Router(document.getElementById("main"), (name) => navigation.mark(name));
navigation.add("", "Images");
router.add("", createGalleryView(context));
router.add("image", createImageView(context));
if (info.local) {
  const showArmed = navigation.add("faults", "Faults", "notice");
  router.add(
    "faults",
    createFaultsView(context, (uploads) => showArmed(uploads, "uploads will be struck")),
  );
  const showWaiting = navigation.add("queue", "Dead letters", "alert");
  router.add(
    "queue",
    createQueueView(context, (waiting) => showWaiting(waiting, "messages wait")),
  );
  const showFiring = navigation.add("metrics", "Metrics", "alert");
  router.add(
    "metrics",
    createMetricsView(context, (firing) => showFiring(firing, "alarms are on")),
  );
}
router.start();
