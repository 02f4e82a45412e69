import { codeSpan, fenceFor, markdownOf, quotedText } from "../../render/text";
import { type Entry, REMEDY_IN_CDKTF, REMEDY_IN_TERRAFORM, type Remedy, type Report, type Section } from "./report";

/** Longer sections start out collapsed, unless something in them endangers data. */
const MAX_OPEN_ENTRIES = 12;
/** GitHub takes 65,536 characters; entries that do not fit are counted. */
const MAX_CHARACTERS = 60_000;
const MAX_REMEDIES = 25;
const MAX_DETAILS = 30;
/** Kept free for the headings of the sections that follow, and for counts. */
const MARGIN_CHARACTERS = 1000;

/** For a comment on a pull request. What comes from the two revisions stands in code spans, where nothing is markup. */
export function renderMarkdown({ headline, isDanger, sections, remedies, remarks }: Report): string {
  const end = `${renderRemedies(remedies)}${remarks.map((remark) => `${markdownOf(remark)}\n\n`).join("")}`;
  const head = `## ${isDanger ? "🛑" : sections.length > 0 ? "⚠️" : "✅"} ${markdownOf(headline)}\n\n`;
  let room = MAX_CHARACTERS - head.length - end.length;
  const blocks = sections.map((section) => {
    const block = renderSection(section, room);
    room -= block.length;
    return block;
  });
  return `${head}${blocks.join("")}${end}`;
}

function renderSection({ title, entries }: Section, room: number): string {
  const isOpen = entries.length <= MAX_OPEN_ENTRIES || entries.some(({ isDanger }) => isDanger);
  const open = isOpen ? `### ${title}\n\n` : `<details><summary>${title} (${entries.length})</summary>\n\n`;
  const close = isOpen ? "\n" : "\n</details>\n\n";
  const told: string[] = [];
  let left = room - open.length - close.length - MARGIN_CHARACTERS;
  for (const [index, entry] of entries.entries()) {
    const text = renderEntry(entry, entries[index - 1]);
    if (text.length > left) break;
    left -= text.length;
    told.push(text);
  }
  const rest = told.length < entries.length ? `- *and ${entries.length - told.length} more*\n` : "";
  return `${open}${told.join("")}${rest}${close}`;
}

function renderEntry({ construct, isDanger, title, details }: Entry, previous: Entry | undefined): string {
  const group = construct !== "" && construct !== previous?.construct ? `- **${codeSpan(construct)}**\n` : "";
  const indent = construct === "" ? "" : "  ";
  const told = details.slice(0, MAX_DETAILS).map((detail) => `${indent}  - ${markdownOf(detail)}\n`);
  const more = details.length > MAX_DETAILS ? `${indent}  - *and ${details.length - MAX_DETAILS} more*\n` : "";
  return `${group}${indent}- ${isDanger ? "🛑 " : ""}${markdownOf(title)}\n${told.join("")}${more}`;
}

function renderRemedies(remedies: readonly Remedy[]): string {
  if (remedies.length === 0) return "";
  const shown = remedies.slice(0, MAX_REMEDIES);
  const more = remedies.length > shown.length ? `*and ${remedies.length - shown.length} more*\n\n` : "";
  const blocks = shown.flatMap(({ movedBlock }) => movedBlock.split("\n").map((text) => `${quotedText(text)}\n`));
  const fence = fenceFor(blocks.join(""), 3);
  const calls = shown.map(({ path, call }) => `- ${codeSpan(path)}: ${codeSpan(call)}\n`);
  return [
    `<details><summary>${REMEDY_IN_TERRAFORM.replace(/:$/, "")}, and in CDKTF</summary>\n\n`,
    `${fence}hcl\n${blocks.join("")}${fence}\n\n${REMEDY_IN_CDKTF}\n\n${calls.join("")}\n${more}</details>\n\n`,
  ].join("");
}
