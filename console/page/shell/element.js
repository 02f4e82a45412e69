// Names, keys and messages come from uploads: everything reaches the page as text, nothing as markup.

/**
 * An element with properties (or attributes, where there is no property of that name) and children; empty ones are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, any>>} [properties]
 * @param {...any} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  /** @type {any} */
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/**
 * Text that changes, without touching the page when it does not.
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * An element that `index.html` has.
 * @param {string} id
 * @returns {HTMLElement}
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Tells a screen reader, sparingly.
 * @param {string} sentence
 */
export function announce(sentence) {
  byId("announcer").textContent = sentence;
}

/**
 * Asks before something that matters. Resolves with true only when the person says so.
 * @param {{title: string, text: string, action: string, dangerous?: boolean}} question
 * @returns {Promise<boolean>}
 */
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

const SHOWN_MS = 1500;

/**
 * Copies what `text()` returns.
 * @param {() => string} text
 */
export function copyButton(text) {
  const button = element("button", { className: "button small", type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = "Copied";
    announce("Copied");
    setTimeout(() => {
      button.textContent = "Copy";
    }, SHOWN_MS);
  });
  return button;
}
