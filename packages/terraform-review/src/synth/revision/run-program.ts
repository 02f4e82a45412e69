import { spawn } from "node:child_process";

export interface ProgramOptions {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the program and whatever it started. */
  readonly signal: AbortSignal;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a program to its end; a program that is missing ends with 127, as in a shell. */
export function runProgram(
  command: string,
  args: readonly string[],
  { directory, environment, signal }: ProgramOptions,
): Promise<ProgramResult> {
  if (signal.aborted) return Promise.resolve({ exitCode: 1, stdout: Buffer.alloc(0), stderr: "stopped" });
  return new Promise((resolve) => {
    // A group of its own, so that what a shell started ends with it.
    const options = { cwd: directory, env: environment, detached: true } as const;
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const stop = () => endGroup(child.pid);
    const finish = (exitCode: number, words = "") => {
      signal.removeEventListener("abort", stop);
      resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() + words });
    };
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", (error) => finish(127, error.message));
    child.on("close", (code) => finish(code ?? 1));
    signal.addEventListener("abort", stop, { once: true });
  });
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader) process.kill(-leader, "SIGTERM");
  } catch (error) {
    // It ended by itself, and Node has not said so yet.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
