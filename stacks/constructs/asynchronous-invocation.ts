import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { Construct } from "constructs";
import { ASYNCHRONOUS_INVOCATION } from "../../contract/deployment";
import type { LambdaFunction } from "./lambda-function";

export interface AsynchronousInvocationProps {
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
