import type { Construct } from "constructs";
import { FAILURE_RECORDER } from "../../contract/deployment";
import type { RecorderQueueVariable, RecorderVariable } from "../../contract/names";
import { LambdaFunction, type LambdaFunctionProps } from "./lambda-function";

export interface FailureRecorderProps
  extends Omit<
    LambdaFunctionProps,
    "description" | "roleDescription" | "environment" | "memoryMb" | "timeoutSeconds" | "reservedConcurrency"
  > {
  readonly environment: Readonly<Record<RecorderVariable, string> & Partial<Record<RecorderQueueVariable, string>>>;
}

/** Records an image as failed when the processor gave up on it or died. The processor's rate bounds its own. */
export class FailureRecorder extends LambdaFunction {
  readonly timeoutSeconds = FAILURE_RECORDER.timeoutSeconds;

  constructor(scope: Construct, id: string, props: FailureRecorderProps) {
    super(scope, id, {
      ...props,
      description: "Records images as failed when their processing gave up or died",
      roleDescription: "Role for the function that records failed images",
      ...FAILURE_RECORDER,
    });
  }
}
