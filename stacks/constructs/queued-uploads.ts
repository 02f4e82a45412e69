import { Construct } from "constructs";
import type { AwsAccount } from "./aws-account";
import { FailedQueue } from "./failed-queue";
import type { FailureRecorder } from "./failure-recorder";
import type { ImageProcessor } from "./image-processor";
import { QueueConsumer } from "./queue-consumer";
import { UploadQueue } from "./upload-queue";

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
