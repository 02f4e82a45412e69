import { copyButton } from "../shell/copy-button.js";
import { element, setText } from "../shell/element.js";

/** The record as the table has it. */
export function createRecordText() {
  const code = element("code");
  const node = element(
    "section",
    { className: "card record", "aria-labelledby": "record-title" },
    element(
      "div",
      { className: "heading" },
      element("h2", { id: "record-title" }, "Record"),
      copyButton(() => code.textContent),
    ),
    element("pre", { tabIndex: 0, role: "region", "aria-labelledby": "record-title" }, code),
  );
  return { node, show: (record) => setText(code, JSON.stringify(record, null, 2)) };
}
