import { announce } from "./announce.js";
import { element } from "./element.js";

const SHOWN_MS = 1500;

/** Copies what `text()` returns. */
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
