import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { Construct } from "constructs";
import { ASYNCHRONOUS_INVOCATION, FAILURE_RECORDER, IMAGE_PROCESSOR } from "../../contract/deployment";
import type { ProcessorVariables, RecorderVariables } from "../../contract/processing-settings";
import { LambdaFunction, type LambdaFunctionProps } from "./lambda-function";

interface ImageProcessorProps
  extends Omit<LambdaFunctionProps, "description" | "roleDescription" | "environment" | "ephemeralStorageMb"> {
  readonly environment: ProcessorVariables;
}

/** Makes the previews and the record of every upload. */
export class ImageProcessor extends LambdaFunction {
  constructor(scope: Construct, id: string, props: ImageProcessorProps) {
    super(scope, id, {
      ...props,
      environment: { ...props.environment, ...IMAGE_PROCESSOR.allocation },
      description: "Makes previews and a record of every uploaded image",
      roleDescription: "Role for image processing Lambda function",
      ephemeralStorageMb: IMAGE_PROCESSOR.ephemeralStorageMb,
    });
  }
}

export interface FailureRecorderProps
  extends Omit<
    LambdaFunctionProps,
    "description" | "roleDescription" | "environment" | "memoryMb" | "timeoutSeconds" | "reservedConcurrency"
  > {
  readonly environment: RecorderVariables;
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

interface AsynchronousInvocationProps {
  readonly lambda: LambdaFunction;
  /** Told of every event that the function gave up on or died of. */
  readonly onFailure?: LambdaFunction;
}

/**
 * How Lambda retries the events of a function, after about one and two minutes, and when it gives them up.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocation extends Construct {
  constructor(scope: Construct, id: string, props: AsynchronousInvocationProps) {
    super(scope, id);
    props.onFailure?.grantInvoke(props.lambda.role);
    new LambdaFunctionEventInvokeConfig(this, "event-invoke-config", {
      functionName: props.lambda.name,
      maximumEventAgeInSeconds: ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds,
      maximumRetryAttempts: ASYNCHRONOUS_INVOCATION.maximumRetryAttempts,
      destinationConfig: props.onFailure && { onFailure: { destination: props.onFailure.arn } },
      // Lambda refuses a destination that the role may not invoke.
      dependsOn: [props.lambda.role.policy],
    });
  }
}
