import type { Line } from "../../model/line";
import { quotedText, shorten, textOf, visibleText } from "../../render/text";
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

const MARKS: Readonly<Record<Severity, string>> = { note: "  ", review: "? ", block: "! " };

/** For a terminal: without colours, and without anything from a plan that a terminal would obey. */
export function renderText(reviews: readonly PlanReview[], notes: readonly Line[], maxBytes: number): string {
  const severity = overallSeverity(reviews);
  const weights = describeWeights(reviews.flatMap(({ findings }) => findings));
  const head = `${VERDICTS[severity]}: ${describeCounts(overallCounts(reviews))}\n${weights}\n`;
  const blocks = [
    ...notes.map((note) => lineBlock(`\n${textOf(note)}\n`)),
    ...reviews.flatMap((review) => [
      ...(reviews.length > 1 ? [planBlock(review)] : []),
      ...sectionsOf(review.findings).map(sectionBlock),
    ]),
  ];
  return fitLayout({ head, blocks, omitted: (count) => `\n${count} more sections do not fit here\n` }, maxBytes);
}

function lineBlock(text: string): Block {
  return { open: text, close: "", entries: [], rest: () => "", brief: text, weight: 1 };
}

function planBlock({ source, severity, counts }: PlanReview): Block {
  const name = visibleText(shorten(source, 100));
  return lineBlock(`\n=== ${name}: ${VERDICTS[severity]}, ${describeCounts(counts)}\n`);
}

function sectionBlock({ title, severity, findings }: Section): Block {
  return {
    open: `\n${title}\n`,
    close: "",
    entries: findings.map(entryOf),
    rest: (count) => `  and ${count} more\n`,
    brief: `\n${title}: too much to be shown here\n`,
    weight: WEIGHTS[severity],
  };
}

function entryOf({ severity, address, title, details }: Finding): Entry {
  const short = `${MARKS[severity]}${quotedText(address)}${textOf(title)}\n`;
  return { short, full: `${short}${details.map((detail) => `      ${textOf(detailLine(detail))}\n`).join("")}` };
}
