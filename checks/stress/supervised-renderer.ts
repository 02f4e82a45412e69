import { type ChildProcess, fork } from "node:child_process";
import type { RenderReply, RenderRequest } from "./render-worker";

/** How the rendering of one image ended: what the worker said, or what became of the worker. */
export type RenderResult = Omit<RenderReply, "outcome"> & {
  readonly outcome: RenderReply["outcome"] | "crash" | "hang";
};

interface RendererLimits {
  readonly timeLimitMs: number;
  readonly maxResidentBytes: number;
}

/** Renders images in a child process, which it replaces when it dies or has to be killed. One image at a time. */
export class SupervisedRenderer {
  #worker: ChildProcess | undefined;
  readonly #killWorker = (): void => void this.#worker?.kill("SIGKILL");

  /** @param workerFile the built `render-worker.ts` */
  constructor(
    readonly workerFile: string,
    readonly limits: RendererLimits,
  ) {
    process.once("exit", this.#killWorker);
  }

  render(bytes: Buffer): Promise<RenderResult> {
    const worker = this.#startedWorker();
    const start = performance.now();
    return new Promise((resolve) => {
      let hung = false;
      const timer = setTimeout(() => {
        hung = true;
        worker.kill("SIGKILL");
      }, this.limits.timeLimitMs);
      const settle = (result: RenderResult): void => {
        clearTimeout(timer);
        worker.removeAllListeners();
        resolve(result);
      };
      const ended = (outcome: "crash" | "hang", message: string): void => {
        this.#worker = undefined;
        const milliseconds = performance.now() - start;
        settle({ outcome, message, milliseconds, cpuMilliseconds: 0, peakResidentBytes: 0 });
      };
      worker.once("message", (reply: RenderReply) => settle(reply));
      worker.once("exit", (code, signal) =>
        ended(hung ? "hang" : "crash", `the worker ended with ${signal ?? `exit code ${code}`}`),
      );
      worker.send({ bytes, maxResidentBytes: this.limits.maxResidentBytes } satisfies RenderRequest);
    });
  }

  /** The next image gets a process of its own. */
  stop(): void {
    this.#worker?.removeAllListeners();
    this.#killWorker();
    this.#worker = undefined;
  }

  #startedWorker(): ChildProcess {
    this.#worker ??= fork(this.workerFile, { serialization: "advanced", execArgv: [] });
    return this.#worker;
  }
}
