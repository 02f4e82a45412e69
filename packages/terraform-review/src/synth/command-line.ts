import { parseArgs } from "node:util";
import { UnusableInput } from "../unusable-input";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];

export const HELP = `Shows what a change does to the synthesized Terraform, without a plan and without credentials.

  npm run -s synth-diff -- BASE [HEAD]

BASE and HEAD are revisions of git, such as main, HEAD~1 or a commit; without HEAD it is the working tree with whatever
is not committed. Both are synthesized in a temporary directory, with the same environment variables, the app command of
their own cdktf.json and the packages of their own lock file. Your checkout is only read.

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
  readonly format: Format;
}

const OPTIONS = {
  format: { type: "string", default: "text" },
  help: { type: "boolean", default: false },
} as const;

/** @throws {UnusableInput} for options that are unknown or make no sense */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const format = FORMATS.find((known) => known === values.format);
  if (!format) throw new UnusableInput(`--format must be text, markdown or json, got "${values.format}"`);
  const [base, head, ...rest] = positionals;
  if (rest.length > 0) throw new UnusableInput(`BASE and HEAD must be all, got "${rest.join(" ")}" after them`);
  if (!base && !values.help) throw new UnusableInput("BASE must be a revision of git such as main, got none");
  return { help: values.help, base: base ?? "", head, format };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw new UnusableInput(`${sentence}; --help lists the options`);
  }
}
