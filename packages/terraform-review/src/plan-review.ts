#!/usr/bin/env node
import { readFile, stat } from "node:fs/promises";
import { isatty } from "node:tty";
import { line } from "./model/line";
import type { Allowance } from "./plan/allowance";
import { HELP, readCommandLine } from "./plan/command-line";
import { readPlan } from "./plan/read-plan";
import { renderJson, renderRules } from "./plan/render/json";
import { renderMarkdown } from "./plan/render/markdown";
import { renderText } from "./plan/render/text";
import { type PlanReview, reviewPlan } from "./plan/review";
import { listedTypes } from "./plan/rules/rules";
import { visibleText } from "./render/text";
import { UnusableInput } from "./unusable-input";

const RENDERERS = { text: renderText, markdown: renderMarkdown, json: renderJson } as const;
const STDIN = 0;
/** The plan of a few thousand resources has some megabytes. */
const MAX_BYTES = 256 * 1024 * 1024;

async function readSource(source: string): Promise<Uint8Array> {
  try {
    if (source !== "-") {
      refuseAbove((await stat(source)).size, source);
      return await readFile(source);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of process.stdin) {
      chunks.push(chunk);
      bytes += chunk.length;
      refuseAbove(bytes, "standard input");
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof UnusableInput) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    throw new UnusableInput(`${source} must be a file that can be read, got ${code}`);
  }
}

function refuseAbove(bytes: number, source: string): void {
  if (bytes > MAX_BYTES) throw new UnusableInput(`${source} must have at most ${MAX_BYTES} bytes, got more`);
}

function review(bytes: Uint8Array, name: string, allowances: readonly Allowance[]): PlanReview {
  try {
    return reviewPlan(readPlan(bytes, name), name, allowances);
  } catch (error) {
    // The stack is full: values in one another, tens of thousands deep.
    if (error instanceof RangeError) throw new UnusableInput(`${name} must be nested less deeply, got too many levels`);
    throw error;
  }
}

async function run(args: readonly string[]): Promise<void> {
  const { sources, allowances, failOn, listRules, format, maxBytes, help } = readCommandLine(args, !isatty(STDIN));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  if (listRules) {
    process.stdout.write(renderRules(listedTypes(), format));
    return;
  }
  const reviews: PlanReview[] = [];
  // One after the other: a plan may be large, and its review is small.
  for (const source of sources) {
    const name = source === "-" ? "standard input" : source;
    reviews.push(review(await readSource(source), name, allowances));
  }
  const unused = allowances.filter((allowance) => reviews.every((review) => review.unused.includes(allowance)));
  const notes = unused.map(
    ({ address, kind }) => line`--allow ${`${address}:${kind}`} allows nothing: no plan does that`,
  );
  process.stdout.write(RENDERERS[format](reviews, notes, maxBytes));
  if (reviews.some(({ severity }) => severity === "block" || severity === failOn)) process.exitCode = 1;
}

function fail(error: unknown): void {
  if (!(error instanceof UnusableInput)) throw error;
  process.stderr.write(`${visibleText(error.message)}\n`);
  process.exitCode = 2;
}

run(process.argv.slice(2)).catch(fail);
