import { readFileSync } from "node:fs";
import { type CommandLine, HELP, readCommandLine } from "./command-line";
import { readPlan } from "./input/read-plan";
import { UnusableInput } from "./input/unusable-input";
import { type Line, line } from "./model/line";
import { renderJson } from "./render/json";
import { renderMarkdown } from "./render/markdown";
import { renderText } from "./render/text";
import { visibleText } from "./render/visible-text";
import { type PlanReview, reviewPlan } from "./review";

const RENDERERS = { text: renderText, markdown: renderMarkdown, json: renderJson } as const;
const STDIN = 0;

function readSource(source: string): Uint8Array {
  try {
    return readFileSync(source === "-" ? STDIN : source);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    throw new UnusableInput(`${source} must be a file that can be read, got ${code}`);
  }
}

/** An allowance that allows nothing is a slip, or is left over from another change. */
function unusedAllowances(allowed: ReadonlySet<string>, reviews: readonly PlanReview[]): Line[] {
  const unused = [...allowed].filter((address) => !reviews.some(({ destroyed }) => destroyed.has(address)));
  return unused.map((address) => line`--allow ${address}: no plan destroys it`);
}

function run({ sources, allowed, format, maxBytes, help }: CommandLine): void {
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const reviews = sources.map((source) => {
    const name = source === "-" ? "standard input" : source;
    return reviewPlan(readPlan(readSource(source), name), name, allowed);
  });
  process.stdout.write(RENDERERS[format](reviews, unusedAllowances(allowed, reviews), maxBytes));
  if (reviews.some(({ severity }) => severity === "block")) process.exitCode = 1;
}

try {
  run(readCommandLine(process.argv.slice(2), !process.stdin.isTTY));
} catch (error) {
  if (!(error instanceof UnusableInput)) throw error;
  process.stderr.write(`${visibleText(error.message)}\n`);
  process.exitCode = 2;
}
