#!/usr/bin/env node
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HELP, readCommandLine } from "./synth/command-line";
import { compareOutputs, endangersData } from "./synth/compare-outputs";
import { renderJson } from "./synth/render/json";
import { renderMarkdown } from "./synth/render/markdown";
import { reportOf } from "./synth/render/report";
import { renderText } from "./synth/render/text";
import { synthesizeRevisions } from "./synth/synthesize-revisions";
import { UnusableInput } from "./unusable-input";

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const stop = new AbortController();

/** A directory that goes however the program ends. */
function makeScratch(): string {
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), "synth-diff-"));
  process.once("exit", () => {
    stop.abort();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
  });
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(128 + code));
  return scratch;
}

async function run(args: readonly string[]): Promise<void> {
  const { help, base, head, format } = readCommandLine(args);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const options = { directory: process.cwd(), environment: process.env, signal: stop.signal };
  const tell = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const [before, after] = await synthesizeRevisions({ base, head }, makeScratch(), options, tell);
  const diff = compareOutputs(before, after);
  const report = reportOf(diff);
  const written = {
    text: () => renderText(report),
    markdown: () => renderMarkdown(report),
    json: () => renderJson(diff),
  };
  process.stdout.write(written[format]());
  if (endangersData(diff)) process.exitCode = 1;
}

function fail(error: unknown): void {
  stop.abort();
  if (!(error instanceof UnusableInput)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

run(process.argv.slice(2)).catch(fail);
