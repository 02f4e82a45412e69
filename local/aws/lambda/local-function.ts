import type { FunctionConfiguration } from "./function-configuration";
import type { Invocation } from "./invocation";
import { type LogLine, Sandbox } from "./sandbox";

/** Lambda too gives up sandboxes that nobody needed for some minutes. */
const IDLE_LIMIT_MS = 300_000;

export type FunctionLog =
  | ({ readonly kind: "line"; readonly functionName: string } & LogLine)
  | { readonly kind: "report"; readonly functionName: string; readonly invocation: Invocation };

/** A function and its sandboxes: up to `concurrency` of them, warm ones first, the most recently used one before all. */
export class LocalFunction {
  readonly #idle: { readonly sandbox: Sandbox; readonly retirement: NodeJS.Timeout }[] = [];
  readonly #busy = new Set<Sandbox>();
  #closed = false;

  constructor(
    readonly configuration: FunctionConfiguration,
    private readonly onLog: (log: FunctionLog) => void,
  ) {}

  get arn(): string {
    return this.configuration.arn;
  }

  /** False while an invocation would be throttled. */
  get hasCapacity(): boolean {
    return !this.#closed && this.#busy.size < this.configuration.concurrency;
  }

  /**
   * Runs the function once, with the event as JSON text.
   * @throws {Error} without capacity: ask `hasCapacity` first
   */
  async invoke(payload: string, requestId: string): Promise<Invocation> {
    if (!this.hasCapacity) throw new Error(`${this.configuration.name} has no capacity: it is throttled or closed`);
    const sandbox = this.#takeIdle() ?? this.#start(requestId);
    this.#busy.add(sandbox);
    try {
      const invocation = await sandbox.invoke(payload, requestId);
      this.onLog({ kind: "report", functionName: this.configuration.name, invocation });
      return invocation;
    } finally {
      this.#busy.delete(sandbox);
      if (sandbox.reusable && !this.#closed) this.#keepWarm(sandbox);
    }
  }

  /** Has the process of a running invocation killed as out of memory, as if it had grown beyond the function's. */
  starve(requestId: string): void {
    this.#running(requestId)?.starve();
  }

  /** Stops the process of a running invocation, so that only the time limit ends it. */
  freeze(requestId: string): void {
    this.#running(requestId)?.freeze();
  }

  /** Kills every sandbox, busy ones too, and resolves when all are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { retirement } of this.#idle) clearTimeout(retirement);
    const sandboxes = [...this.#idle.map(({ sandbox }) => sandbox), ...this.#busy];
    this.#idle.length = 0;
    await Promise.all(sandboxes.map((sandbox) => sandbox.kill()));
  }

  #running(requestId: string): Sandbox | undefined {
    return [...this.#busy].find((sandbox) => sandbox.requestId === requestId);
  }

  #start(requestId: string): Sandbox {
    const functionName = this.configuration.name;
    return new Sandbox(this.configuration, requestId, (line) => this.onLog({ kind: "line", functionName, ...line }));
  }

  #takeIdle(): Sandbox | undefined {
    for (let entry = this.#idle.pop(); entry; entry = this.#idle.pop()) {
      clearTimeout(entry.retirement);
      if (entry.sandbox.reusable) return entry.sandbox;
    }
    return undefined;
  }

  #keepWarm(sandbox: Sandbox): void {
    const retirement = setTimeout(() => this.#retire(sandbox), IDLE_LIMIT_MS);
    retirement.unref();
    this.#idle.push({ sandbox, retirement });
  }

  #retire(sandbox: Sandbox): void {
    const index = this.#idle.findIndex((entry) => entry.sandbox === sandbox);
    this.#idle.splice(index, 1);
    void sandbox.kill();
  }
}
