import type { InvocationTarget } from "../../local/aws/lambda/asynchronous-invoker";
import type { FunctionConfiguration } from "../../local/aws/lambda/function-configuration";
import type { Invocation } from "../../local/aws/lambda/invocation";
import { type FunctionLog, LocalFunction } from "../../local/aws/lambda/local-function";
import type { Fault } from "../../local/faults/fault";
import { type FaultProxy, type RecordedCall, startFaultProxy } from "../../local/faults/fault-proxy";
import type { WireCall } from "../../local/faults/wire-call";

export interface FunctionFaults {
  /** Asked for every request of the function. `invocation` counts from 1 over the function's life. */
  readonly onCall?: (call: WireCall, invocation: number) => Fault | undefined;
  /** An invocation starts when this resolves. */
  readonly beforeInvocation?: (invocation: number) => Promise<unknown> | undefined;
}

export interface Services {
  readonly s3: string;
  readonly dynamodb: string;
}

type LogFields = Readonly<Record<string, unknown>>;

/** A function in its sandboxes, behind a proxy of its own; what it says and asks for is kept. */
export class WatchedFunction implements InvocationTarget {
  /** Lines that the function printed; all of them must be JSON. */
  readonly lines: string[] = [];
  readonly invocations: Invocation[] = [];
  /** Every request that the function made, in the order of arrival. */
  readonly calls: RecordedCall[] = [];
  #started = 0;
  #running = 0;

  private constructor(
    private readonly lambda: LocalFunction,
    private readonly proxy: FaultProxy,
    private readonly faults: FunctionFaults,
  ) {}

  static async start(
    configuration: FunctionConfiguration,
    services: Services,
    faults: FunctionFaults,
  ): Promise<WatchedFunction> {
    const watched: { function?: WatchedFunction } = {};
    const proxy = await startFaultProxy({
      ...services,
      decide: (call) => faults.onCall?.(call, watched.function?.started ?? 0),
      onCall: (call) => watched.function?.calls.push(call),
    });
    const environment = { ...configuration.environment, AWS_ENDPOINT_URL: proxy.endpoint };
    const lambda = new LocalFunction({ ...configuration, environment }, (log) => watched.function?.keep(log));
    watched.function = new WatchedFunction(lambda, proxy, faults);
    return watched.function;
  }

  get arn(): string {
    return this.lambda.arn;
  }

  get hasCapacity(): boolean {
    return this.lambda.hasCapacity && this.#running < this.lambda.configuration.concurrency;
  }

  /** Invocations so far, the one under way included. */
  get started(): number {
    return this.#started;
  }

  get logs(): readonly LogFields[] {
    return this.lines.map((line) => JSON.parse(line) as LogFields);
  }

  async invoke(payload: string, requestId: string): Promise<Invocation> {
    // Takes up capacity while it waits for its turn.
    this.#running += 1;
    this.#started += 1;
    try {
      await this.faults.beforeInvocation?.(this.#started);
      return await this.lambda.invoke(payload, requestId);
    } finally {
      this.#running -= 1;
    }
  }

  async close(): Promise<void> {
    await this.lambda.close();
    await this.proxy.close();
  }

  private keep(log: FunctionLog): void {
    if (log.kind === "line") this.lines.push(log.text);
    else this.invocations.push(log.invocation);
  }
}
