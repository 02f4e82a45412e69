import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { FunctionConfiguration } from "./function-configuration";
import { sandboxEnvironment } from "./function-configuration";
import { type FunctionError, type Invocation, type Outcome, runtimeExited, timedOut } from "./invocation";
import { peakMemoryMb } from "./peak-memory";

/** Lambda's own limit for loading a function. */
const INIT_LIMIT_SECONDS = 10;
/** Linux keeps the peak, so this decides only how far a function can overshoot before it is killed; `ps` costs more. */
const MEMORY_WATCH_INTERVAL_MS = process.platform === "linux" ? 20 : 200;
/** Relative to the project's root, which is the working directory of every command. */
const BOOTSTRAP = "local/aws/lambda/sandbox-bootstrap.cjs";

type Message =
  | Outcome
  | { readonly kind: "ready" }
  /** The process ends now, for this reason. */
  | { readonly kind: "fatal"; readonly error: FunctionError };
/** What a phase of the sandbox can end with. */
type Ending = Exclude<Message, { kind: "fatal" }>;

export interface LogLine {
  readonly requestId: string;
  readonly text: string;
}

/**
 * One child process that runs a function's bundle, one invocation at a time, and is reused while it lives. The time
 * and memory limits are enforced from outside with SIGKILL, so that neither a busy loop nor native code escapes them.
 */
export class Sandbox {
  readonly #configuration: FunctionConfiguration;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #startedAt = performance.now();
  #initialization: Promise<Ending> | undefined;
  #settle: (ending: Ending) => void = () => {};
  #requestId: string;
  #causeOfDeath: FunctionError | undefined;
  /** Why the process is gone; absent while it lives. */
  #death: FunctionError | undefined;
  #peakMb = 0;
  #memoryLimitMb: number;

  /** Spawns the process at once, on behalf of the request that needs it. */
  constructor(configuration: FunctionConfiguration, requestId: string, onLine: (line: LogLine) => void) {
    this.#configuration = configuration;
    this.#memoryLimitMb = configuration.memoryMb;
    this.#requestId = requestId;
    this.#child = spawnBootstrap(configuration);
    this.#initialization = this.#phase(INIT_LIMIT_SECONDS);
    this.#exited = this.#watchForExit();
    this.#child.on("message", (message) => this.#receive(message as Message));
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface({ input: stream }).on("line", (text) => onLine({ requestId: this.#requestId, text }));
  }

  /** Whether another invocation may use this sandbox. */
  get reusable(): boolean {
    return this.#death === undefined && this.#causeOfDeath === undefined;
  }

  /** Of the invocation at work, or of the last one. */
  get requestId(): string {
    return this.#requestId;
  }

  /** Leaves it less memory than it already has: the next look at it kills it. */
  starve(): void {
    this.#memoryLimitMb = 0;
  }

  /** Stops the process, which keeps everything it has. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Runs the function once. `payload` is the event as JSON text. Failures of the function are outcomes, not throws. */
  async invoke(payload: string, requestId: string): Promise<Invocation> {
    this.#requestId = requestId;
    const init = await this.#finishInitialization();
    if (init?.failure) return this.#report(requestId, init.failure, 0, init.durationMs);

    const { timeoutSeconds, arn } = this.#configuration;
    const startedAt = performance.now();
    const finished = this.#phase(timeoutSeconds);
    const deadline = Date.now() + timeoutSeconds * 1000;
    this.#child.send({ payload, requestId, deadline, functionArn: arn });
    const outcome = asOutcome(await finished);
    // Lines written before the answer may still lie in the pipe.
    await new Promise(setImmediate);
    return this.#report(requestId, outcome, performance.now() - startedAt, init?.durationMs);
  }

  /** Resolves when the process is gone. */
  async kill(): Promise<void> {
    if (!this.#death) this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #finishInitialization(): Promise<{ durationMs: number; failure?: Outcome } | undefined> {
    if (!this.#initialization) return undefined;
    const ending = await this.#initialization;
    this.#initialization = undefined;
    const durationMs = performance.now() - this.#startedAt;
    if (ending.kind === "ready") return { durationMs };
    await this.kill();
    return { durationMs, failure: ending };
  }

  #watchForExit(): Promise<void> {
    return new Promise((resolveExit) => {
      const finish = (error: FunctionError) => {
        this.#death = this.#causeOfDeath ?? error;
        this.#settle({ kind: "error", error: this.#death });
        resolveExit();
      };
      this.#child.once("exit", (code, signal) => finish(this.#exitError(code, signal)));
      this.#child.on("error", (error) => {
        // Other errors are messages to a process that has just died: its exit follows.
        if (this.#child.pid === undefined)
          finish({ errorType: "Runtime.InvalidWorkingDir", errorMessage: error.message });
      });
    });
  }

  #receive(message: Message): void {
    // The exit settles the phase: until then the sandbox must not be taken for a living one.
    if (message.kind === "fatal") this.#causeOfDeath ??= message.error;
    else this.#settle(message);
  }

  /** Resolves with the next message of the process, or with the reason why there will be none. */
  #phase(limitSeconds: number): Promise<Ending> {
    if (this.#death) return Promise.resolve({ kind: "error", error: this.#death });
    const timer = setTimeout(() => this.#die(timedOut(this.#requestId, limitSeconds)), limitSeconds * 1000);
    const memoryWatch = setInterval(() => this.#enforceMemoryLimit(), MEMORY_WATCH_INTERVAL_MS);
    return new Promise((resolvePhase) => {
      this.#settle = (ending) => {
        clearTimeout(timer);
        clearInterval(memoryWatch);
        resolvePhase(ending);
      };
    });
  }

  #die(cause: FunctionError): void {
    this.#causeOfDeath ??= cause;
    this.#child.kill("SIGKILL");
  }

  /** The peak in MB; a process above the function's memory is killed, as Lambda does. */
  #enforceMemoryLimit(): number {
    const peakMb = peakMemoryMb(this.#child.pid ?? 0);
    if (peakMb > this.#memoryLimitMb) this.#die(runtimeExited(this.#requestId, "signal: killed"));
    this.#peakMb = Math.max(this.#peakMb, peakMb);
    return this.#peakMb;
  }

  #exitError(code: number | null, signal: NodeJS.Signals | null): FunctionError {
    const how = signal === "SIGKILL" ? "signal: killed" : code === null ? `signal: ${signal}` : `exit status ${code}`;
    return runtimeExited(this.#requestId, how);
  }

  async #report(
    requestId: string,
    outcome: Outcome,
    durationMs: number,
    initDurationMs: number | undefined,
  ): Promise<Invocation> {
    // A peak between the last look and the answer counts too: Lambda would not have let the function answer.
    const peakMb = this.#enforceMemoryLimit();
    if (this.#causeOfDeath) await this.#exited;
    return {
      requestId,
      outcome: this.#causeOfDeath ? { kind: "error", error: this.#causeOfDeath } : outcome,
      durationMs,
      ...(initDurationMs !== undefined && { initDurationMs }),
      maxMemoryUsedMb: Math.ceil(peakMb),
    };
  }
}

function spawnBootstrap(configuration: FunctionConfiguration): ChildProcess {
  const { memoryMb, node = process.execPath } = configuration;
  const codeDirectory = resolve(configuration.codeDirectory);
  const youngMb = Math.floor(memoryMb / 10);
  // The same shares of the memory as in Lambda's own start script.
  const heap = [`--max-semi-space-size=${Math.floor(youngMb / 2)}`, `--max-old-space-size=${memoryMb - youngMb}`];
  return spawn(node, [...heap, resolve(BOOTSTRAP), codeDirectory], {
    cwd: codeDirectory,
    env: sandboxEnvironment(configuration),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Its own process group: a Ctrl-C meant for the local system does not reach the function.
    detached: true,
  });
}

function asOutcome(ending: Ending): Outcome {
  if (ending.kind === "ready") throw new Error("a sandbox answered an invocation with ready");
  return ending;
}
