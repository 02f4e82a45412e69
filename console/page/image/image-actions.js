import { announce, confirmed, element, setText } from "../shell/element.js";
import { fileNameOf } from "../shell/format.js";
import { ask, imagePath } from "../shell/server.js";

/** States that an image leaves by itself, or that may still be repaired. */
const REOPENED_WITHOUT_FORCE = ["pending"];

/**
 * What a person can do with an image.
 * @param {import("../../server/wire").ConsoleInfo} info
 */
export function createImageActions({ local }) {
  const trouble = element("p", { className: "trouble", role: "alert" });
  /** @type {import("../../../lambda-src/records/image-record").ImageRecord} */
  let record;

  /**
   * @param {HTMLButtonElement} button
   * @param {() => Promise<unknown>} work
   * @param {string} done
   */
  const run = async (button, work, done) => {
    setText(trouble, "");
    button.disabled = true;
    try {
      await work();
      announce(done);
    } catch (error) {
      setText(trouble, error.message);
    }
    button.disabled = false;
  };

  const reprocess = actionButton("Process again", "", async (button) => {
    const finished = !REOPENED_WITHOUT_FORCE.includes(record.processingStatus);
    const agreed = await confirmed({
      title: "Process this image again?",
      text: `${fileNameOf(record.originalKey)} is read again from the bucket; its previews are written anew.`,
      action: "Process again",
    });
    const body = { force: finished };
    if (agreed)
      await run(
        button,
        () => ask(`${imagePath(record.imageId)}/reprocess`, { method: "POST", body }),
        "Processing again",
      );
  });
  const replay = actionButton("Replay", "", async (button) => {
    const agreed = await confirmed({
      title: "Replay the dead letter of this image?",
      text: "Its event is sent to the image processor once more and leaves the dead letter queue.",
      action: "Replay",
    });
    if (agreed) await run(button, () => ask(`${imagePath(record.imageId)}/replay`, { method: "POST" }), "Replayed");
  });
  const remove = actionButton("Delete", "danger", async (button) => {
    const agreed = await confirmed({
      title: "Delete this image?",
      text: `The original of ${fileNameOf(record.originalKey)}, its previews and its record are deleted. This cannot be undone.`,
      action: "Delete",
      dangerous: true,
    });
    if (!agreed) return;
    await run(button, () => ask(imagePath(record.imageId), { method: "DELETE" }), "Deleted");
  });

  const buttons = local ? [reprocess, replay, remove] : [reprocess];
  const node = element("div", {}, element("div", { className: "actions" }, ...buttons), trouble);
  return {
    node,
    /** @param {import("../../../lambda-src/records/image-record").ImageRecord} shown */
    show(shown) {
      record = shown;
      node.hidden = false;
      replay.hidden = record.processingStatus !== "failed";
    },
    hide() {
      node.hidden = true;
    },
  };
}

/**
 * @param {string} text
 * @param {string} kind
 * @param {(button: HTMLButtonElement) => void} onPress
 */
function actionButton(text, kind, onPress) {
  const button = element("button", { className: `button ${kind}`, type: "button" }, text);
  button.addEventListener("click", () => onPress(button));
  return button;
}
