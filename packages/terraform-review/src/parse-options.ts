import { type ParseArgsConfig, parseArgs } from "node:util";
import { UnusableInput } from "./unusable-input";

/** @throws {UnusableInput} in one sentence, for an option that is unknown or lacks its value */
export function parseOptions<const T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw new UnusableInput(`${sentence}; --help lists the options`);
  }
}
