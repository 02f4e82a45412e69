import type { Invocation } from "../../local/aws/lambda/invocation";
import type { FunctionLog } from "../../local/aws/lambda/local-function";
import type { Fault } from "../../local/faults/fault";
import type { RecordedCall } from "../../local/faults/fault-proxy";
import type { Interference } from "../../local/faults/interference";
import type { WireCall } from "../../local/faults/wire-call";

export interface FunctionFaults {
  /** Asked for every request of the function. `invocation` counts from 1 over the function's life. */
  readonly onCall?: (call: WireCall, invocation: number) => Fault | undefined;
  /** An invocation starts when this resolves. */
  readonly beforeInvocation?: (invocation: number) => Promise<unknown> | undefined;
}

/** What one function of the local system says and asks for, with the faults that meet it. */
export class WatchedFunction implements Interference {
  /** Lines that the function printed; all of them must be JSON. */
  readonly lines: string[] = [];
  readonly invocations: Invocation[] = [];
  /** Every request that the function made, in the order of arrival. */
  readonly calls: RecordedCall[] = [];
  /** Invocations so far, the one under way included. */
  started = 0;

  constructor(private readonly faults: FunctionFaults = {}) {}

  get logs(): readonly Readonly<Record<string, unknown>>[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  logged(log: FunctionLog): void {
    if (log.kind === "line") this.lines.push(log.text);
    else this.invocations.push(log.invocation);
  }

  decide(call: WireCall): Fault | undefined {
    return this.faults.onCall?.(call, this.started);
  }

  onCall(call: RecordedCall): void {
    this.calls.push(call);
  }

  beforeInvocation(): Promise<unknown> | undefined {
    this.started += 1;
    return this.faults.beforeInvocation?.(this.started);
  }
}
