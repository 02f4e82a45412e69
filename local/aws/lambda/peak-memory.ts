import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * The most memory in MB that a process has held so far. Linux keeps this high-water mark itself, so that no peak
 * between two looks is missed; elsewhere `ps` gives the present value only. 0 when the process is gone.
 */
export function peakMemoryMb(pid: number): number {
  return (process.platform === "linux" ? highWaterMarkKb(pid) : residentSetKb(pid)) / 1024;
}

function highWaterMarkKb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function residentSetKb(pid: number): number {
  try {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).trim());
  } catch {
    return 0;
  }
}
