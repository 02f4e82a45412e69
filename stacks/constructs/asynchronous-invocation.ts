import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { Construct } from "constructs";
import type { LambdaFunction } from "./lambda-function";

/** One hour: events that waited longer are given up. */
const MAX_EVENT_AGE_SECONDS = 3600;
const MAX_RETRIES = 2;

export interface AsynchronousInvocationProps {
  readonly lambda: LambdaFunction;
  /** Told of every event that the function gave up on or died of. */
  readonly onFailure?: LambdaFunction;
}

/**
 * How Lambda retries the events of a function: twice, after about one and two minutes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousInvocation extends Construct {
  constructor(scope: Construct, id: string, props: AsynchronousInvocationProps) {
    super(scope, id);
    props.onFailure?.grantInvoke(props.lambda.role);
    new LambdaFunctionEventInvokeConfig(this, "event-invoke-config", {
      functionName: props.lambda.name,
      maximumEventAgeInSeconds: MAX_EVENT_AGE_SECONDS,
      maximumRetryAttempts: MAX_RETRIES,
      destinationConfig: props.onFailure && { onFailure: { destination: props.onFailure.arn } },
      // Lambda refuses a destination that the role may not invoke.
      dependsOn: [props.lambda.role.policy],
    });
  }
}
