#!/usr/bin/env node
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOptions } from "./parse-options";
import { compareOutputs, endangersData } from "./synth/compare-outputs";
import { readOutput } from "./synth/read-output";
import { renderJson } from "./synth/render/json";
import { renderMarkdown } from "./synth/render/markdown";
import { reportOf } from "./synth/render/report";
import { renderText } from "./synth/render/text";
import { synthesizeRevisions } from "./synth/revision/synthesize";
import { UnusableInput } from "./unusable-input";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];

export const HELP = `Shows what a change does to the synthesized Terraform, without a plan and without credentials.

  npm run -s synth-diff -- BASE [HEAD]

BASE and HEAD are revisions of git, such as main, HEAD~1 or a commit; without HEAD it is the working tree with whatever
is not committed. Both are synthesized in a temporary directory, with the same environment variables, the app command of
their own cdktf.json and the packages of their own lock file. Your checkout is only read.

  --outputs                     BASE and HEAD are output directories of CDKTF, made before: no git, and no code of theirs runs
  --format text|markdown|json   text by default; markdown for a comment on a pull request
  --help                        this text

Exit code: 0 no difference, or none that endangers data; 1 a resource that holds data is removed, or replaced because its
construct or its name changed; 2 unusable input.
`;

export interface CommandLine {
  readonly help: boolean;
  readonly base: string;
  /** Absent: the working tree. */
  readonly head: string | undefined;
  /** Whether both are output directories instead of revisions. */
  readonly outputs: boolean;
  readonly format: Format;
}

const OPTIONS = {
  outputs: { type: "boolean", default: false },
  format: { type: "string", default: "text" },
  help: { type: "boolean", default: false },
} as const;

/** @throws {UnusableInput} for options that are unknown or make no sense */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseOptions(args, OPTIONS);
  const format = FORMATS.find((known) => known === values.format);
  if (!format) throw new UnusableInput(`--format must be text, markdown or json, got "${values.format}"`);
  const [base, head, ...rest] = positionals;
  if (rest.length > 0) throw new UnusableInput(`BASE and HEAD must be all, got "${rest.join(" ")}" after them`);
  if (!base && !values.help) throw new UnusableInput("BASE must be a revision of git such as main, got none");
  if (values.outputs && head === undefined && !values.help)
    throw new UnusableInput("HEAD must be an output directory with --outputs, got none");
  return { help: values.help, base: base ?? "", head, outputs: values.outputs, format };
}

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
  const { help, base, head, outputs, format } = readCommandLine(args);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const options = { directory: process.cwd(), environment: process.env, signal: stop.signal };
  const tell = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const [before, after] =
    outputs && head !== undefined
      ? [readOutput(base, base), readOutput(head, head)]
      : await synthesizeRevisions({ base, head }, makeScratch(), options, tell);
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
