import type { InvocationTarget } from "../aws/lambda/asynchronous-invoker";
import type { Invocation } from "../aws/lambda/invocation";
import type { LocalFunction } from "../aws/lambda/local-function";
import type { Fault } from "./fault";
import type { RecordedCall } from "./fault-proxy";
import type { WireCall } from "./wire-call";

/** What comes between a function and its services. */
export interface Interference {
  /** Asked for every request of the function before it is passed on. */
  decide(call: WireCall): Fault | undefined;
  /** Told of every call when its fault is decided; what becomes of it is filled in later. */
  onCall?(call: RecordedCall): void;
  /** The invocation starts when this resolves, and uses up capacity meanwhile. */
  beforeInvocation(event: unknown, process: InvocationProcess): Promise<unknown> | undefined;
}

/** The process that runs an invocation. */
export interface InvocationProcess {
  /** Has it killed as out of memory. */
  starve(): void;
  /** Has it stand still. */
  freeze(): void;
}

/** A function whose invocations are interfered with. */
export class DisturbedFunction implements InvocationTarget {
  #running = 0;

  constructor(
    private readonly lambda: LocalFunction,
    private readonly interference: Interference,
  ) {}

  get arn(): string {
    return this.lambda.arn;
  }

  get hasCapacity(): boolean {
    return this.lambda.hasCapacity && this.#running < this.lambda.configuration.concurrency;
  }

  async invoke(payload: string, requestId: string): Promise<Invocation> {
    this.#running += 1;
    try {
      await this.interference.beforeInvocation(JSON.parse(payload), {
        starve: () => this.lambda.starve(requestId),
        freeze: () => this.lambda.freeze(requestId),
      });
      return await this.lambda.invoke(payload, requestId);
    } finally {
      this.#running -= 1;
    }
  }
}
