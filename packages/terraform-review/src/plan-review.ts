#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { isatty } from "node:tty";
import { type Line, line } from "./model/line";
import { HELP, readCommandLine } from "./plan/command-line";
import { readPlan } from "./plan/read-plan";
import { renderJson } from "./plan/render/json";
import { renderMarkdown } from "./plan/render/markdown";
import { renderText } from "./plan/render/text";
import { type PlanReview, reviewPlan } from "./plan/review";
import { visibleText } from "./render/text";
import { UnusableInput } from "./unusable-input";

const RENDERERS = { text: renderText, markdown: renderMarkdown, json: renderJson } as const;
const STDIN = 0;

async function readSource(source: string): Promise<Uint8Array> {
  try {
    if (source !== "-") return await readFile(source);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return Buffer.concat(chunks);
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

async function run(args: readonly string[]): Promise<void> {
  const { sources, allowed, format, maxBytes, help } = readCommandLine(args, !isatty(STDIN));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const reviews: PlanReview[] = [];
  // One after the other: a plan may be large, and its review is small.
  for (const source of sources) {
    const name = source === "-" ? "standard input" : source;
    reviews.push(reviewPlan(readPlan(await readSource(source), name), name, allowed));
  }
  process.stdout.write(RENDERERS[format](reviews, unusedAllowances(allowed, reviews), maxBytes));
  if (reviews.some(({ severity }) => severity === "block")) process.exitCode = 1;
}

function fail(error: unknown): void {
  if (!(error instanceof UnusableInput)) throw error;
  process.stderr.write(`${visibleText(error.message)}\n`);
  process.exitCode = 2;
}

run(process.argv.slice(2)).catch(fail);
