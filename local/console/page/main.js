import { createGalleryView } from "./gallery/gallery-view.js";
import { createImageView } from "./image/image-view.js";
import { Live } from "./shell/live.js";
import { createNavigation } from "./shell/navigation.js";
import { Router } from "./shell/router.js";
import { ask } from "./shell/server.js";

const EVENTS = ["images", "removed", "counts", "journal"];

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
router.add("", createGalleryView(context));
router.add("image", createImageView(context));
navigation.add("", "Images");
router.start();
