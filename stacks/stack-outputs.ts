import { TerraformOutput } from "cdktf";
import type { ImagePipelineStack } from "./image-pipeline-stack";

/** What `terraform output` tells. Other tools rely on these names. */
export function stackOutputs(stack: ImagePipelineStack, region: string): void {
  const output = (name: string, description: string, value: string) =>
    new TerraformOutput(stack, name, { value, description, staticId: true });
  output("SourceBucketName", "Name of the source image bucket", stack.sourceBucket.name);
  output("ProcessedBucketName", "Name of the processed image bucket", stack.processedBucket.name);
  output("MetadataTableName", "Name of the DynamoDB metadata table", stack.metadataTable.name);
  output("LambdaFunctionName", "Name of the image processor Lambda function", stack.imageProcessor.name);
  output("FailureRecorderName", "Name of the failure recorder Lambda function", stack.failureRecorder.name);
  output("DeadLetterQueueUrl", "URL of the queue of events that were given up", stack.deadLetterQueue.url);
  if (stack.queuedUploads) {
    const { uploadQueue, failedQueue } = stack.queuedUploads;
    output("UploadQueueUrl", "URL of the queue of uploads that wait for their turn", uploadQueue.url);
    output("FailedQueueUrl", "URL of the queue of uploads that are to be recorded as failed", failedQueue.url);
  }
  output("Region", "AWS region of the environment", region);
}
