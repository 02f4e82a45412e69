import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { integer } from "../contract/processing-settings";
import { type ReadSettings, readSettings } from "../contract/read-settings";
import { reservedConcurrency } from "../contract/setting-schemas";
import { LOCAL_SETTING_NAMES, type LocalSettingName, SETTINGS } from "../contract/settings";
import { faultsOfSpelling } from "../contract/spelling";
import { LAST_RETRY_DELAY_SECONDS } from "./aws/lambda/asynchronous-invoker";

/** The settings of the deployed stack that have a meaning on this machine, by the names of their variables. */
export type LocalSettings = ReadSettings<LocalSettingName> & {
  /** The Node that runs the functions; absent: the one that runs this. On AWS the runtime is a setting. */
  readonly LAMBDA_NODE?: string;
};

/** What this machine can do less of. */
const NARROWER = {
  /** AWS allows 900: here the last retry must not begin while an attempt can still run. */
  LAMBDA_TIMEOUT_S: integer(5, LAST_RETRY_DELAY_SECONDS, "s for the local system"),
  RESERVED_CONCURRENCY: reservedConcurrency(100, ", for the local system"),
};

/**
 * Reads the same environment variables as the stack, with the same defaults.
 * @throws {Error} with every fault on a line of its own: `NAME expectation, got "text"`
 */
export function readLocalSettings(environment: Readonly<Record<string, string | undefined>>): LocalSettings {
  const { settings, faults } = readSettings(LOCAL_SETTING_NAMES, environment, NARROWER);
  const { LAMBDA_NODE: node } = environment;
  const all = [
    ...faults,
    ...faultsOfSpelling(environment, LOCAL_SETTING_NAMES),
    ...faultsOfProgram("LAMBDA_NODE", node),
  ];
  if (all.length > 0) throw new Error(all.join("\n"));
  return { ...settings, ...(node !== undefined && { LAMBDA_NODE: node }) };
}

function faultsOfProgram(name: string, path: string | undefined): string[] {
  if (path === undefined || isProgram(path)) return [];
  return [`${name} must be the absolute path of a program, such as a Node, got ${JSON.stringify(path)}`];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isAbsolute(path) && statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Sandboxes of a function at once; where no concurrency is reserved, as many as the stack reserves by default. */
export const concurrencyOf = ({ RESERVED_CONCURRENCY }: LocalSettings): number =>
  RESERVED_CONCURRENCY ?? Number(SETTINGS.RESERVED_CONCURRENCY.default);
