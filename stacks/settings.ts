import { type ReadSettings, readSettings } from "../contract/read-settings";
import { SETTING_NAMES, type SettingName } from "../contract/settings";
import { faultsOfSpelling } from "../contract/spelling";

/** By the names of their variables; `processing` holds as texts what the functions parse again. */
export type StackSettings = ReadSettings<SettingName>;

/** The key of the context that names the environment. */
const SUFFIX_IN_CONTEXT = "environmentSuffix";

/** The message lists every fault, one line each: `NAME expectation, got "text"`. */
export class InvalidSettings extends Error {
  override readonly name = "InvalidSettings";

  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
  }
}

/**
 * Reads the settings of the stack from environment variables, and the suffix also from the context `environmentSuffix`.
 * Variables with names unlike ours are left alone.
 * @throws {InvalidSettings} with all faults at once
 */
export function readStackSettings(
  environment: Readonly<Record<string, string | undefined>>,
  context: Readonly<Record<string, unknown>> = {},
): StackSettings {
  const suffixFromContext = environment.ENVIRONMENT_SUFFIX === undefined && context[SUFFIX_IN_CONTEXT] !== undefined;
  const input = { ...environment, ...(suffixFromContext && { ENVIRONMENT_SUFFIX: context[SUFFIX_IN_CONTEXT] }) };
  const { settings, faults: invalid } = readSettings(SETTING_NAMES, input);
  const faults = [
    ...invalid,
    ...faultsOfSpelling(environment, SETTING_NAMES),
    ...faultsOfSpelling(context, [SUFFIX_IN_CONTEXT]).map((fault) => `context ${fault}`),
  ];
  if (faults.length === 0) return settings;
  throw new InvalidSettings(
    suffixFromContext
      ? faults.map((fault) => fault.replace(/^ENVIRONMENT_SUFFIX /, `context ${SUFFIX_IN_CONTEXT} `))
      : faults,
  );
}
