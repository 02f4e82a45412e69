import type { Line } from "../../model/line";
import { shorten, textOf } from "../../render/text";
import { type Finding, SEVERITIES, VERDICTS } from "../finding";
import type { PlanReview } from "../review";
import type { ListedType } from "../rules/rules";
import { overallCounts, overallSeverity } from "./section";

/**
 * For programs: `{verdict, counts, notes, plans: [{source, verdict, counts, findings: [{concern, verdict, address,
 * construct, title, details, blocks: [{kind, words}]}], omittedFindings}], omittedPlans}`. What does not fit is counted, the lightest first.
 */
export function renderJson(reviews: readonly PlanReview[], notes: readonly Line[], maxBytes: number): string {
  const findings = reviews
    .flatMap((review) => review.findings.map((finding) => ({ review, finding })))
    .sort((one, other) => SEVERITIES.indexOf(other.finding.severity) - SEVERITIES.indexOf(one.finding.severity));
  const write = (findingCount: number, planCount: number, noteCount: number) => {
    const kept = new Set(findings.slice(0, findingCount).map(({ finding }) => finding));
    return `${JSON.stringify({
      verdict: VERDICTS[overallSeverity(reviews)],
      counts: overallCounts(reviews),
      notes: notes.slice(0, noteCount).map(textOf),
      plans: reviews.slice(0, planCount).map((review) => planOf(review, kept)),
      omittedPlans: reviews.length - planCount,
    })}\n`;
  };
  const fits = (text: string) => Buffer.byteLength(text) <= maxBytes;
  const plans = largest(reviews.length, (count) => fits(write(0, count, 0)));
  const noted = largest(notes.length, (count) => fits(write(0, plans, count)));
  return write(
    largest(findings.length, (count) => fits(write(count, plans, noted))),
    plans,
    noted,
  );
}

/** The largest count up to `limit` that holds, given that smaller ones hold too. */
function largest(limit: number, holds: (count: number) => boolean): number {
  if (holds(limit)) return limit;
  let [low, high] = [0, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function planOf({ source, severity, counts, findings }: PlanReview, kept: ReadonlySet<Finding>) {
  const told = findings.filter((finding) => kept.has(finding));
  return {
    source: shorten(source, 100),
    verdict: VERDICTS[severity],
    counts,
    findings: told.map((finding) => ({
      concern: finding.concern,
      verdict: VERDICTS[finding.severity],
      address: finding.address,
      construct: finding.construct,
      title: textOf(finding.title).trim(),
      details: finding.details.map(({ words }) => textOf(words)),
      blocks: finding.details.flatMap(({ severity, kind, words }) =>
        severity === "block" && kind ? [{ kind, words: textOf(words) }] : [],
      ),
    })),
    omittedFindings: findings.length - told.length,
  };
}

/** What `--list-rules` says: one line for each type, or a list in JSON. */
export function renderRules(types: readonly ListedType[], format: "text" | "markdown" | "json"): string {
  if (format === "json") return `${JSON.stringify(types)}\n`;
  const lines = types.map(({ type, holds, harmless, judged }) =>
    [
      type,
      ...(holds ? [`  holds ${holds}: destroying it blocks`] : []),
      `  harmless: ${harmless.join(", ")}`,
      ...(judged.length > 0 ? [`  judged by what changes: ${judged.join(", ")}`] : []),
    ].join("\n"),
  );
  return `${lines.join("\n")}\n\nAnything else of these types needs a look, and so does every other type. Other stores block when they go.\n`;
}
