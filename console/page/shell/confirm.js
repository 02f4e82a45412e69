import { element } from "./element.js";

/** Asks before something that matters. Resolves with true only when the person says so. */
export function confirmed({ title, text, action, dangerous = false }) {
  const heading = element("h2", { id: "confirm-title" }, title);
  const cancel = element("button", { className: "button", type: "submit", value: "no" }, "Cancel");
  const go = element("button", { className: `button ${dangerous ? "danger" : "primary"}`, value: "yes" }, action);
  const form = element("form", { method: "dialog" }, heading, element("p", {}, text));
  form.append(element("div", { className: "actions" }, cancel, go));
  const dialog = element("dialog", { "aria-labelledby": "confirm-title" }, form);
  document.body.append(dialog);
  dialog.showModal();
  cancel.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
