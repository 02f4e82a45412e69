import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";

/** What one image cost, on average over the iterations of a run. */
export interface Cost {
  /** Of all threads. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of all previews together. */
  readonly bytes: number;
  /** The highest resident memory since the process began; NaN where the system does not tell. */
  readonly peakMb: number;
}

type Answer = Partial<Cost> & { readonly error?: string };

/**
 * A candidate's process: it reads its file once, renders it once to warm up, and answers `{}` or `{"error": ...}`. After that
 * it takes lines on standard input, `run ITERATIONS` and `write DIRECTORY` (the previews as files 0, 1, ...), and answers each
 * with a line of JSON. It tells its peak memory only when that is not the process's own.
 */
export class WorkerProcess {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(command: readonly string[]) {
    const [program = "", ...rest] = command;
    this.#process = spawn(program, rest, { stdio: ["pipe", "pipe", "ignore"] });
    if (!this.#process.stdout) throw new Error("the worker must have an output");
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    // A worker that died is noticed by the answer that does not come.
    this.#process.stdin?.on("error", () => {});
    this.#process.on("error", () => {});
  }

  /** @throws {Error} with the candidate's own words when it cannot render the image */
  static async start(command: readonly string[]): Promise<WorkerProcess> {
    const worker = new WorkerProcess(command);
    try {
      await worker.#answer();
      return worker;
    } catch (error) {
      worker.stop();
      throw error;
    }
  }

  async run(iterations: number): Promise<Cost> {
    const answer = await this.#ask(`run ${iterations}`);
    const { cpuMs = Number.NaN, wallMs = Number.NaN, bytes = 0, peakMb = this.#peakMb() } = answer;
    return { cpuMs, wallMs, bytes, peakMb };
  }

  async write(directory: string): Promise<void> {
    await this.#ask(`write ${directory}`);
  }

  stop(): void {
    this.#reader.close();
    this.#process.stdin?.end();
    this.#process.kill();
  }

  /** Read from outside: what a process says of itself includes the memory of the one that started it. */
  #peakMb(): number {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
      return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
    } catch {
      return Number.NaN;
    }
  }

  #ask(line: string): Promise<Answer> {
    this.#process.stdin?.write(`${line}\n`);
    return this.#answer();
  }

  async #answer(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the process died");
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
