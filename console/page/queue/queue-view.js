import { announce, confirmed, element, setText } from "../shell/element.js";
import { age, count, fileNameOf, moment } from "../shell/format.js";
import { ask } from "../shell/server.js";

const NOTHING = "Nothing was given up. Switch on a fault for all three attempts to see a dead letter.";
const LEAD =
  "Events that Lambda gave up after three attempts, or that waited for more than an hour. Replaying one sends it to the image processor again; its image keeps its record.";

/**
 * What three attempts could not do. `onWaiting` gets how many messages there are.
 * @param {Pick<import("../shell/server.js").Context, "live">} context
 * @param {(messages: number) => void} onWaiting
 */
export function createQueueView({ live }, onWaiting) {
  const view = new QueueView();
  live.on("queue", ({ waiting }) => {
    onWaiting(waiting);
    void view.read();
  });
  return {
    title: "Dead letters",
    element: view.node,
    show: () => view.open(true),
    hide: () => view.open(false),
  };
}

class QueueView {
  #open = false;

  constructor() {
    this.list = element("ul", { className: "letters", role: "list" });
    this.empty = element("p", { className: "empty", hidden: true }, NOTHING);
    this.trouble = element("p", { className: "trouble", role: "alert" });
    this.all = element("button", { className: "button primary", type: "button", hidden: true }, "Replay all");
    this.all.addEventListener("click", () => void this.#replayAll());
    this.node = element(
      "section",
      { className: "queue-view", "aria-labelledby": "queue-title" },
      element("div", { className: "heading" }, element("h1", { id: "queue-title" }, "Dead letters"), this.all),
      element("p", { className: "lead" }, LEAD),
      this.trouble,
      this.empty,
      this.list,
    );
  }

  /** @param {boolean} open */
  open(open) {
    this.#open = open;
    setText(this.trouble, "");
    void this.read();
  }

  async read() {
    if (!this.#open) return;
    try {
      const { letters, waiting } = /** @type {import("../../server/wire").QueueContent} */ (await ask("/api/queue"));
      this.empty.hidden = letters.length > 0;
      this.all.hidden = letters.length === 0;
      setText(this.all, waiting > 1 ? `Replay all ${count(waiting)}` : "Replay all");
      this.list.replaceChildren(...letters.map((letter) => this.#itemOf(letter)));
    } catch (error) {
      setText(this.trouble, error.message);
    }
  }

  /** @param {import("../../server/wire").DeadLetter} letter */
  #itemOf({ messageId, sentAt, reason, requestId, images, body }) {
    const [image] = images;
    const title = image ? fileNameOf(image.key) : "No upload event";
    const replay = element("button", { className: "button", type: "button" }, "Replay");
    replay.setAttribute("aria-label", `Replay ${title}`);
    replay.addEventListener("click", () => void this.#replay(`/api/queue/${messageId}/replay`, replay));
    return element(
      "li",
      { className: "card letter" },
      element(
        "div",
        {},
        element("h2", {}, image ? element("a", { href: `#/image/${image.imageId}` }, title) : title),
        element(
          "p",
          { className: "line note" },
          element("span", { title: moment(sentAt) }, age(sentAt)),
          element("span", {}, `request ${requestId ?? "unknown"}`),
        ),
      ),
      replay,
      element("p", { className: "why" }, reason ?? ""),
      element(
        "details",
        {},
        element("summary", {}, "Event"),
        element("pre", { tabIndex: 0, role: "region", "aria-label": `Event of ${title}` }, pretty(body)),
      ),
    );
  }

  async #replayAll() {
    const agreed = await confirmed({
      title: "Replay all dead letters?",
      text: "Every event is sent to the image processor once more and leaves the queue.",
      action: "Replay all",
    });
    if (agreed) await this.#replay("/api/queue/replay", this.all);
  }

  /**
   * @param {string} path
   * @param {HTMLButtonElement} button
   */
  async #replay(path, button) {
    setText(this.trouble, "");
    button.disabled = true;
    try {
      const { replayed } = /** @type {import("../../server/wire").Replayed} */ (await ask(path, { method: "POST" }));
      announce(`${count(replayed)} replayed`);
    } catch (error) {
      setText(this.trouble, error.message);
    }
    button.disabled = false;
    await this.read();
  }
}

/** @param {string} body */
function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
