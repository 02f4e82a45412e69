import { quotedText, textOf } from "../../render/text";
import { type Entry, REMEDY_IN_CDKTF, REMEDY_IN_TERRAFORM, type Remedy, type Report } from "./report";

/** For a terminal: without colours, and without anything that a terminal would obey. */
export function renderText({ headline, sections, remedies, remarks }: Report): string {
  const blocks = sections.map(({ title, entries }) => `\n${title}\n${entries.map(renderEntry).join("")}`);
  const words = remarks.map((remark) => `\n${textOf(remark)}\n`);
  return [`${textOf(headline)}\n`, ...blocks, renderRemedies(remedies), ...words].join("");
}

function renderEntry({ construct, isDanger, title, details }: Entry, index: number, all: readonly Entry[]): string {
  const group = construct !== "" && construct !== all[index - 1]?.construct ? `  ${quotedText(construct)}\n` : "";
  const lines = [`${isDanger ? "!" : " "}   ${textOf(title)}`, ...details.map((detail) => `      ${textOf(detail)}`)];
  return `${group}${lines.join("\n")}\n`;
}

function renderRemedies(remedies: readonly Remedy[]): string {
  if (remedies.length === 0) return "";
  const blocks = remedies.flatMap(({ movedBlock }) => movedBlock.split("\n").map((text) => `${quotedText(text)}\n`));
  const calls = remedies.map(({ path, call }) => `  ${quotedText(path)}: ${quotedText(call)}\n`);
  return `\n${REMEDY_IN_TERRAFORM}\n\n${blocks.join("")}\n${REMEDY_IN_CDKTF}\n${calls.join("")}`;
}
