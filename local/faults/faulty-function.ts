import type { InvocationTarget } from "../aws/lambda/asynchronous-invoker";
import type { Invocation } from "../aws/lambda/invocation";
import type { LocalFunction } from "../aws/lambda/local-function";
import type { UploadFaults } from "./upload-faults";

/** A function whose invocations the faults know of. */
export class FaultyFunction implements InvocationTarget {
  constructor(
    private readonly lambda: LocalFunction,
    private readonly faults: UploadFaults,
  ) {}

  get arn(): string {
    return this.lambda.arn;
  }

  get hasCapacity(): boolean {
    return this.lambda.hasCapacity;
  }

  invoke(payload: string, requestId: string): Promise<Invocation> {
    this.faults.invoked(JSON.parse(payload), {
      starve: () => this.lambda.starve(requestId),
      freeze: () => this.lambda.freeze(requestId),
    });
    return this.lambda.invoke(payload, requestId);
  }
}
