import type { Line } from "../../model/line";
import { codeSpan, markdownOf, shorten } from "../../render/text";
import { describeCounts, type Finding, type Severity, VERDICTS } from "../finding";
import type { PlanReview } from "../review";
import { type Block, type Entry, fitLayout } from "./budget";
import {
  describeWeights,
  detailLine,
  overallCounts,
  overallSeverity,
  type Section,
  sectionsOf,
  WEIGHTS,
} from "./section";

const SIGNS: Readonly<Record<Severity, string>> = { note: "", review: "⚠️ ", block: "🛑 " };
const VERDICT_SIGNS: Readonly<Record<Severity, string>> = { note: "✅", review: "⚠️", block: "🛑" };
/** Longer sections start out collapsed, unless something in them blocks. */
const MAX_OPEN_FINDINGS = 12;
const MAX_DETAILS = 30;

/**
 * A comment for a pull request, in GitHub's Markdown. Whatever comes from a plan stands in code spans, where nothing is
 * markup, no name is called and no line ends.
 */
export function renderMarkdown(reviews: readonly PlanReview[], notes: readonly Line[], maxBytes: number): string {
  const severity = overallSeverity(reviews);
  const findings = reviews.flatMap((review) => review.findings);
  const counts = describeCounts(overallCounts(reviews));
  const title = `## ${VERDICT_SIGNS[severity]} ${VERDICTS[severity]}: ${counts}\n\n`;
  const blocks = [
    ...notes.map((note) => lineBlock(`> ${markdownOf(note)}\n\n`)),
    ...reviews.flatMap((review) => [
      ...(reviews.length > 1 ? [planBlock(review)] : []),
      ...sectionsOf(review.findings).map(sectionBlock),
    ]),
  ];
  const omitted = (count: number) => `*${count} more sections do not fit here.*\n`;
  return fitLayout({ head: `${title}${describeWeights(findings)}\n\n`, blocks, omitted }, maxBytes);
}

function lineBlock(text: string): Block {
  return { open: text, close: "", entries: [], rest: () => "", brief: text, weight: 1 };
}

function planBlock({ source, severity, counts }: PlanReview): Block {
  const name = codeSpan(shorten(source, 100));
  return lineBlock(`## ${VERDICT_SIGNS[severity]} ${name}: ${VERDICTS[severity]}, ${describeCounts(counts)}\n\n`);
}

function sectionBlock({ concern, title, severity, findings }: Section): Block {
  const isShort = findings.length <= MAX_OPEN_FINDINGS;
  const isOpen = severity === "block" || (isShort && (severity === "review" || concern === "runtime"));
  const heading = `${SIGNS[severity]}${title}`;
  return {
    open: isOpen ? `### ${heading}\n\n` : `<details><summary>${heading}</summary>\n\n`,
    close: isOpen ? "\n" : "\n</details>\n\n",
    entries: findings.map((finding, index) => entryOf(finding, findings[index - 1])),
    rest: (count) => `- *and ${count} more*\n`,
    brief: `### ${heading}\n\n*Too much to be shown here.*\n\n`,
    weight: WEIGHTS[severity],
  };
}

/** Findings of one construct stand under its name, which the first of them brings along. */
function entryOf(finding: Finding, previous: Finding | undefined): Entry {
  const { construct, severity, address, title, details } = finding;
  const isFirst = construct !== "" && construct !== previous?.construct;
  const group = isFirst ? `- **${codeSpan(construct)}**\n` : "";
  const indent = construct === "" ? "" : "  ";
  const name = address === "" ? "" : codeSpan(address);
  const short = `${group}${indent}- ${SIGNS[severity]}${name}${markdownOf(title)}\n`;
  const told = details.slice(0, MAX_DETAILS).map((detail) => `${indent}  - ${markdownOf(detailLine(detail))}\n`);
  const more = details.length > MAX_DETAILS ? `${indent}  - *and ${details.length - MAX_DETAILS} more*\n` : "";
  return { short, full: `${short}${told.join("")}${more}` };
}
