import { parseOptions } from "../parse-options";
import { UnusableInput } from "../unusable-input";
import { type Allowance, readAllowance } from "./allowance";
import { BLOCK_KINDS } from "./finding";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** Below this not even the names of all sections would fit. */
export const MIN_BYTES = 2000;
const DEFAULT_BYTES = 60_000;

export const HELP = `Reviews plans of Terraform: what is destroyed, the permissions that the policy grants, what is exposed.

  terraform show -json plan.bin | npm run -s plan-review
  npm run -s plan-review -- plan.json [more.json ...]

A plan is what terraform show -json writes, or a JSON plan of Terraform Cloud. "-" is the standard input.

  --format text|markdown|json   text by default; markdown for a comment on a pull request
  --allow ADDRESS:KIND=REASON   lets through one thing that blocks; may be given several times; KIND is one of
${Object.entries(BLOCK_KINDS)
  .map(([kind, meaning]) => `                                  ${kind.padEnd(10)}${meaning}`)
  .join("\n")}
  --fail-on review              exits with 1 for REVIEW too
  --list-rules                  lists the types whose attributes it knows, and what of them is harmless
  --max-bytes N                 size of the output in bytes of UTF-8, from ${MIN_BYTES}; ${DEFAULT_BYTES} by default
  --help                        this text

Exit code: 0 SAFE or REVIEW, 1 BLOCK (or REVIEW with --fail-on review), 2 unusable input.
`;

export interface CommandLine {
  readonly help: boolean;
  /** `-` is the standard input. */
  readonly sources: readonly string[];
  readonly format: Format;
  readonly allowances: readonly Allowance[];
  /** The lightest verdict that fails. */
  readonly failOn: "review" | "block";
  readonly listRules: boolean;
  readonly maxBytes: number;
}

const OPTIONS = {
  format: { type: "string", default: "text" },
  allow: { type: "string", multiple: true, default: [] as string[] },
  "fail-on": { type: "string", default: "block" },
  "list-rules": { type: "boolean", default: false },
  "max-bytes": { type: "string", default: String(DEFAULT_BYTES) },
  help: { type: "boolean", default: false },
} as const;

/** @throws {UnusableInput} for options that are unknown or make no sense */
export function readCommandLine(args: readonly string[], isInputPiped: boolean): CommandLine {
  const { values, positionals } = parseOptions(args, OPTIONS);
  const format = FORMATS.find((known) => known === values.format);
  if (!format) throw new UnusableInput(`--format must be text, markdown or json, got "${values.format}"`);
  const maxBytes = Number(values["max-bytes"]);
  if (!/^\d{1,9}$/.test(values["max-bytes"]) || maxBytes < MIN_BYTES)
    throw new UnusableInput(`--max-bytes must be an integer from ${MIN_BYTES}, got "${values["max-bytes"]}"`);
  const failOn = values["fail-on"];
  if (failOn !== "review" && failOn !== "block")
    throw new UnusableInput(`--fail-on must be review or block, got "${failOn}"`);
  if (positionals.filter((source) => source === "-").length > 1)
    throw new UnusableInput("the standard input can be read once, got - more than once");
  const sources = positionals.length > 0 ? positionals : isInputPiped ? ["-"] : [];
  const listRules = values["list-rules"];
  if (sources.length === 0 && !values.help && !listRules)
    throw new UnusableInput("a plan must be named or piped in, got none");
  return {
    help: values.help,
    sources,
    format,
    allowances: values.allow.map(readAllowance),
    failOn,
    listRules,
    maxBytes,
  };
}
