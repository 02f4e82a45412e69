import { execFileSync } from "node:child_process";

/** What stands before a command so that it runs on one core alone; empty where `taskset` is missing. */
export function pinnedCommand(core: number | undefined): readonly string[] {
  if (core === undefined) return [];
  try {
    execFileSync("taskset", ["-c", String(core), "true"], { stdio: "ignore" });
    return ["taskset", "-c", String(core)];
  } catch {
    return [];
  }
}
