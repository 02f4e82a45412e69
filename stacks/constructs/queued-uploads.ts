import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Construct } from "constructs";
import { QUEUED_UPLOADS } from "../../contract/deployment";
import type { AwsAccount } from "./aws-account";
import type { LambdaFunction } from "./lambda-function";
import type { FailureRecorder, ImageProcessor } from "./pipeline-functions";
import { FailedQueue, type PrivateQueue, UploadQueue } from "./queues";

interface QueueConsumerProps {
  readonly queue: PrivateQueue;
  readonly lambda: LambdaFunction;
  /** Messages at work at once, 2 to 1000. Absent: as many as the account's concurrency allows. */
  readonly maximumConcurrency?: number;
}

/**
 * Has Lambda hand the messages of a queue to a function, and delete those that the function does not name as failed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
class QueueConsumer extends Construct {
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

export interface QueuedUploadsProps {
  readonly account: AwsAccount;
  readonly names: { readonly uploadQueue: string; readonly failedQueue: string };
  readonly retentionDays: number;
  readonly imageProcessor: ImageProcessor;
  /** Time limit of the image processor. */
  readonly timeoutSeconds: number;
  /** Images at work at once, 2 to 1000. Absent: as many as the account's concurrency allows. */
  readonly maximumConcurrency?: number;
  readonly failureRecorder: FailureRecorder;
}

/**
 * Uploads that wait in a queue: the processor takes them, three times at most, and what it fails on goes to a second queue,
 * from which the recorder takes it. A queue has no on-failure destination.
 */
export class QueuedUploads extends Construct {
  readonly uploadQueue: UploadQueue;
  readonly failedQueue: FailedQueue;

  constructor(scope: Construct, id: string, props: QueuedUploadsProps) {
    super(scope, id);
    const { account, names, imageProcessor, failureRecorder } = props;
    this.failedQueue = new FailedQueue(this, "failed-queue", {
      account,
      name: names.failedQueue,
      timeoutSeconds: failureRecorder.timeoutSeconds,
    });
    this.uploadQueue = new UploadQueue(this, "upload-queue", {
      account,
      name: names.uploadQueue,
      retentionDays: props.retentionDays,
      timeoutSeconds: props.timeoutSeconds,
      failed: this.failedQueue,
    });
    new QueueConsumer(this, "image-processor", {
      queue: this.uploadQueue,
      lambda: imageProcessor,
      maximumConcurrency: props.maximumConcurrency,
    });
    new QueueConsumer(this, "failure-recorder", { queue: this.failedQueue, lambda: failureRecorder });
  }
}
