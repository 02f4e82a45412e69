import { join } from "node:path";
import type { ConsoleServer } from "../../console/server/console-server";
import { startLocalConsole } from "../../console/server/local-console";
import { LocalObservation } from "../../console/server/local-observation";
import { readLocalSettings } from "../../local/local-settings";
import { type LocalSystem, startLocalSystem } from "../../local/local-system";
import { localSystemOptions } from "./local-system-options";

export interface RunningConsole {
  readonly system: LocalSystem;
  readonly server: ConsoleServer;
  /** What the console or the system could not do; empty when all is well. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

export interface RunningConsoleOptions {
  readonly directory: string;
  /** 0.05 with `LAMBDA_TIMEOUT_S` 120: a time limit of 6 s, retries after 3 and 6 s. */
  readonly timeScale?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Fills the system before the console opens. */
  readonly prepare?: (system: LocalSystem) => Promise<void>;
}

/** The local system with its console, as `npm start` runs them, on free ports of this process. */
export async function runConsole(options: RunningConsoleOptions): Promise<RunningConsole> {
  const { directory, timeScale = 1, environment = {} } = options;
  const troubles: string[] = [];
  const onTrouble = (sentence: string) => void troubles.push(sentence);
  const observation = new LocalObservation(join(directory, "journal"), onTrouble);
  const settings = readLocalSettings(environment);
  const system = await startLocalSystem({
    ...localSystemOptions(directory),
    settings,
    timeScale,
    onLog: (log) => observation.logged(log),
    onRecordWritten: (key) => observation.written(key),
    onTrouble,
  });
  await options.prepare?.(system);
  const server = await startLocalConsole({ system, observation, timeScale, settings, port: 0, onTrouble });
  const close = async () => {
    await server.close();
    await system.close();
  };
  return { system, server, troubles, close };
}
