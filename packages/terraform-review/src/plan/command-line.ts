import { parseArgs } from "node:util";
import { UnusableInput } from "../unusable-input";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** Below this not even the names of all sections would fit. */
export const MIN_BYTES = 2000;
const DEFAULT_BYTES = 60_000;

export const HELP = `Reviews plans of Terraform: what is destroyed, who may do what, what is exposed.

  terraform show -json plan.bin | npm run -s plan-review
  npm run -s plan-review -- plan.json [more.json ...]

A plan is what terraform show -json writes, or a JSON plan of Terraform Cloud. "-" is the standard input.

  --format text|markdown|json   text by default; markdown for a comment on a pull request
  --allow ADDRESS               a destruction that is meant; may be given several times
  --max-bytes N                 size of the output in bytes of UTF-8, from ${MIN_BYTES}; ${DEFAULT_BYTES} by default
  --help                        this text

Exit code: 0 SAFE or REVIEW, 1 BLOCK, 2 unusable input.
`;

export interface CommandLine {
  readonly help: boolean;
  /** `-` is the standard input. */
  readonly sources: readonly string[];
  readonly format: Format;
  readonly allowed: ReadonlySet<string>;
  readonly maxBytes: number;
}

const OPTIONS = {
  format: { type: "string", default: "text" },
  allow: { type: "string", multiple: true, default: [] as string[] },
  "max-bytes": { type: "string", default: String(DEFAULT_BYTES) },
  help: { type: "boolean", default: false },
} as const;

/** @throws {UnusableInput} for options that are unknown or make no sense */
export function readCommandLine(args: readonly string[], isInputPiped: boolean): CommandLine {
  const { values, positionals } = parse(args);
  const format = FORMATS.find((known) => known === values.format);
  if (!format) throw new UnusableInput(`--format must be text, markdown or json, got "${values.format}"`);
  const maxBytes = Number(values["max-bytes"]);
  if (!/^\d{1,9}$/.test(values["max-bytes"]) || maxBytes < MIN_BYTES)
    throw new UnusableInput(`--max-bytes must be an integer from ${MIN_BYTES}, got "${values["max-bytes"]}"`);
  if (positionals.filter((source) => source === "-").length > 1)
    throw new UnusableInput("the standard input can be read once, got - more than once");
  const sources = positionals.length > 0 ? positionals : isInputPiped ? ["-"] : [];
  if (sources.length === 0 && !values.help) throw new UnusableInput("a plan must be named or piped in, got none");
  return { help: values.help, sources, format, allowed: new Set(values.allow), maxBytes };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw new UnusableInput(`${sentence}; --help lists the options`);
  }
}
