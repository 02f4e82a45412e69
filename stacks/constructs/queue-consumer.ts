import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Construct } from "constructs";
import { QUEUED_UPLOADS } from "../../contract/deployment";
import type { LambdaFunction } from "./lambda-function";
import type { PrivateQueue } from "./private-queue";

export interface QueueConsumerProps {
  readonly queue: PrivateQueue;
  readonly lambda: LambdaFunction;
  /** Messages at work at once, 2 to 1000. Absent: as many as the account's concurrency allows. */
  readonly maximumConcurrency?: number;
}

/**
 * Has Lambda hand the messages of a queue to a function, and delete those that the function does not name as failed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export class QueueConsumer extends Construct {
  constructor(scope: Construct, id: string, { queue, lambda, maximumConcurrency }: QueueConsumerProps) {
    super(scope, id);
    queue.grantConsume(lambda.role);
    new LambdaEventSourceMapping(this, "event-source-mapping", {
      eventSourceArn: queue.arn,
      functionName: lambda.name,
      batchSize: QUEUED_UPLOADS.batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: maximumConcurrency === undefined ? undefined : { maximumConcurrency },
      // Lambda refuses a queue that the role may not read.
      dependsOn: [lambda.role.policy],
    });
  }
}
