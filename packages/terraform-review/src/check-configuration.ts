#!/usr/bin/env node
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkConfiguration } from "./configuration/check-configuration";
import { readRules } from "./configuration/rules";
import { strangeFilesIn } from "./configuration/stack-files";
import { parseOptions } from "./parse-options";
import { markdownOf, textOf } from "./render/text";
import { UnusableInput } from "./unusable-input";

const HELP = `Says what a synthesized stack could do with the credentials of a plan, before there is a plan to review.

  check-configuration --rules RULES.json DIRECTORY

DIRECTORY holds cdk.tf.json and assets/. Everything that the rules do not name is refused: providers, their versions and
arguments, data sources, where the state lies, modules, provisioners, functions in expressions, other files and links.

  --rules FILE             the rules, in JSON: terraform, providers, dataSources (README.md)
  --format text|markdown   text by default
  --help                   this text

Exit code: 0 nothing to refuse, 1 something is refused, 2 unusable input.
`;

const OPTIONS = {
  rules: { type: "string" },
  format: { type: "string", default: "text" },
  help: { type: "boolean", default: false },
} as const;

/** More refusals than this are counted. */
const MAX_LINES = 100;
const RENDERERS = new Map([
  ["text", textOf],
  ["markdown", markdownOf],
]);

function run(args: readonly string[]): void {
  const { values, positionals } = parseOptions(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const [directory, ...others] = positionals;
  if (!directory || others.length > 0)
    throw new UnusableInput(`one DIRECTORY must be named, got ${positionals.length}`);
  if (!values.rules) throw new UnusableInput("--rules must name a file, got none");
  const render = RENDERERS.get(values.format);
  if (!render) throw new UnusableInput(`--format must be text or markdown, got "${values.format}"`);
  const rules = readRules(read(values.rules), values.rules);
  const stack = join(directory, "cdk.tf.json");
  const refusals = [...checkConfiguration(read(stack), rules), ...strangeFilesIn(directory)];
  const shown = refusals.slice(0, MAX_LINES).map((refusal) => `- ${render(refusal)}\n`);
  const more = refusals.length > MAX_LINES ? `- and ${refusals.length - MAX_LINES} more\n` : "";
  process.stdout.write(`${shown.join("")}${more}`);
  if (refusals.length > 0) process.exitCode = 1;
}

function read(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new UnusableInput(`${path} must be a file, got none`);
  return readFileSync(path, "utf8");
}

try {
  run(process.argv.slice(2));
} catch (error) {
  // The stack is full: members in one another, thousands deep.
  if (!(error instanceof UnusableInput) && !(error instanceof RangeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
