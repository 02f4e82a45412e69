import { type TerraformElement, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import type { LambdaBundles } from "../contract/deployment";
import { notifiedBy, PREVIEW_PREFIX, resourceNames, UPLOAD_PREFIX } from "../contract/names";
import { previewExpiryDays } from "../contract/setting-rules";
import { AwsAccount } from "./constructs/aws-account";
import { AccessLogBucket, ProcessedBucket, SourceBucket } from "./constructs/buckets";
import { MetadataTable } from "./constructs/metadata-table";
import { watchPipeline } from "./constructs/monitoring";
import { AsynchronousInvocation, FailureRecorder, ImageProcessor } from "./constructs/pipeline-functions";
import { QueuedUploads } from "./constructs/queued-uploads";
import { DeadLetterQueue } from "./constructs/queues";
import { UploadTrigger } from "./constructs/upload-trigger";
import type { StackSettings } from "./settings";
import { addOutputs, addProviders, configureBackend, importRetainedByCdk, terraformName } from "./terraform";

export interface ImagePipelineStackProps {
  readonly settings: StackSettings;
  readonly bundles: LambdaBundles;
}

/**
 * One environment of the image pipeline. Its state lies in a Terraform Cloud workspace where an organization is set,
 * otherwise in `terraform.{stack id}.tfstate` at the project's root: beside `cdktf.out`, which may be cleaned at any time.
 */
export class ImagePipelineStack extends TerraformStack {
  readonly sourceBucket: SourceBucket;
  readonly processedBucket: ProcessedBucket;
  readonly metadataTable: MetadataTable;
  readonly imageProcessor: ImageProcessor;
  readonly failureRecorder: FailureRecorder;
  readonly deadLetterQueue: DeadLetterQueue;
  /** Only where uploads wait in a queue, or did until now. */
  readonly queuedUploads?: QueuedUploads;

  private readonly pathsByAddress = new Map<string, string>();

  constructor(scope: Construct, id: string, props: ImagePipelineStackProps) {
    super(scope, id);
    const { settings } = props;
    const names = resourceNames(settings.ENVIRONMENT_SUFFIX);
    configureBackend(this, settings);
    addProviders(this, settings);
    const account = new AwsAccount(this, "aws-account", { region: settings.AWS_REGION });
    const { accountId } = account;
    const protect = settings.PROTECT_DATA;

    this.sourceBucket = new SourceBucket(this, "source-bucket", {
      account,
      name: names.sourceBucket(accountId),
      protect,
      versioned: settings.SOURCE_VERSIONING,
      uploadOrigins: settings.UPLOAD_ORIGINS,
    });
    this.processedBucket = new ProcessedBucket(this, "processed-bucket", {
      account,
      name: names.processedBucket(accountId),
      protect,
      expiryDays: previewExpiryDays(settings),
    });
    if (settings.ACCESS_LOGS) {
      const name = names.accessLogBucket(accountId);
      const retentionDays = settings.ACCESS_LOG_RETENTION_DAYS;
      const accessLogs = new AccessLogBucket(this, "access-log-bucket", { account, name, protect, retentionDays });
      accessLogs.receiveLogsOf(this.sourceBucket);
      accessLogs.receiveLogsOf(this.processedBucket);
    }
    this.metadataTable = new MetadataTable(this, "metadata-table", { account, name: names.metadataTable, protect });
    this.deadLetterQueue = new DeadLetterQueue(this, "dead-letter-queue", { account, name: names.deadLetterQueue });

    this.imageProcessor = this.createImageProcessor(account, props);
    this.failureRecorder = this.createFailureRecorder(account, props);
    new AsynchronousInvocation(this, "image-processor-invocation", {
      lambda: this.imageProcessor,
      onFailure: this.failureRecorder,
    });
    new AsynchronousInvocation(this, "failure-recorder-invocation", { lambda: this.failureRecorder });
    if (settings.UPLOAD_TRIGGER !== "lambda") this.queuedUploads = this.queueUploads(account, settings);
    new UploadTrigger(this, "upload-trigger", {
      account,
      bucket: this.sourceBucket,
      prefix: UPLOAD_PREFIX,
      target: notifiedBy(settings.UPLOAD_TRIGGER),
      lambda: this.imageProcessor,
      queue: this.queuedUploads?.uploadQueue,
    });
    this.watch(account, settings);
    if (settings.IMPORT_FROM_CDK) importRetainedByCdk(this, settings.IMPORT_FROM_CDK, settings);
    addOutputs(this, settings.AWS_REGION);
  }

  /** Readable Terraform addresses instead of CDKTF's, which end in a hash. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = "node" in element ? element.node : element;
    const type = "terraformResourceType" in element ? String(element.terraformResourceType) : element.constructor.name;
    const ids = node.scopes.slice(node.scopes.indexOf(this) + 1).map((construct) => construct.node.id);
    const name = terraformName(ids, type);
    const taken = this.pathsByAddress.get(`${type}.${name}`) ?? node.path;
    if (taken !== node.path)
      throw new Error(`${node.path} must have a Terraform address of its own, got that of ${taken}`);
    this.pathsByAddress.set(`${type}.${name}`, node.path);
    return name;
  }

  private createImageProcessor(account: AwsAccount, { settings, bundles }: ImagePipelineStackProps): ImageProcessor {
    const imageProcessor = new ImageProcessor(this, "image-processor", {
      ...this.functionProps(account, settings),
      name: resourceNames(settings.ENVIRONMENT_SUFFIX).imageProcessor,
      bundle: bundles.imageProcessor,
      memoryMb: settings.LAMBDA_MEMORY_MB,
      timeoutSeconds: settings.LAMBDA_TIMEOUT_S,
      // A queue is read no faster than images are at work: reserving as well would only refuse what was read.
      reservedConcurrency: settings.UPLOAD_TRIGGER === "lambda" ? settings.RESERVED_CONCURRENCY : undefined,
      environment: {
        SOURCE_BUCKET: this.sourceBucket.name,
        PROCESSED_BUCKET: this.processedBucket.name,
        METADATA_TABLE: this.metadataTable.name,
        ...settings.processing,
      },
    });
    this.sourceBucket.grantRead(imageProcessor.role, UPLOAD_PREFIX);
    this.processedBucket.grantWrite(imageProcessor.role, PREVIEW_PREFIX);
    this.metadataTable.grantReadWrite(imageProcessor.role);
    return imageProcessor;
  }

  private createFailureRecorder(account: AwsAccount, { settings, bundles }: ImagePipelineStackProps): FailureRecorder {
    const failureRecorder = new FailureRecorder(this, "failure-recorder", {
      ...this.functionProps(account, settings),
      name: resourceNames(settings.ENVIRONMENT_SUFFIX).failureRecorder,
      bundle: bundles.failureRecorder,
      environment: {
        SOURCE_BUCKET: this.sourceBucket.name,
        METADATA_TABLE: this.metadataTable.name,
        ...settings.recording,
        ...(settings.UPLOAD_TRIGGER !== "lambda" && { DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.url }),
      },
    });
    this.metadataTable.grantReadWrite(failureRecorder.role);
    return failureRecorder;
  }

  private queueUploads(account: AwsAccount, settings: StackSettings): QueuedUploads {
    return new QueuedUploads(this, "queued-uploads", {
      account,
      names: resourceNames(settings.ENVIRONMENT_SUFFIX),
      retentionDays: settings.QUEUE_RETENTION_DAYS,
      imageProcessor: this.imageProcessor,
      timeoutSeconds: settings.LAMBDA_TIMEOUT_S,
      maximumConcurrency: settings.RESERVED_CONCURRENCY,
      failureRecorder: this.failureRecorder,
    });
  }

  /** What both functions have in common. */
  private functionProps(account: AwsAccount, settings: StackSettings) {
    return {
      account,
      runtime: settings.LAMBDA_RUNTIME,
      architecture: settings.LAMBDA_ARCHITECTURE,
      deadLetterQueue: this.deadLetterQueue,
      logRetentionDays: settings.LOG_RETENTION_DAYS,
      keepLogs: settings.PROTECT_DATA,
    };
  }

  private watch(account: AwsAccount, settings: StackSettings): void {
    const names = resourceNames(settings.ENVIRONMENT_SUFFIX);
    watchPipeline(this, {
      account,
      settings,
      topicName: names.alarmTopic,
      dashboardName: names.dashboard,
      logGroups: {
        imageProcessor: this.imageProcessor.logGroupName,
        failureRecorder: this.failureRecorder.logGroupName,
      },
      resources: {
        imageProcessor: this.imageProcessor.name,
        failureRecorder: this.failureRecorder.name,
        deadLetterQueue: this.deadLetterQueue.name,
        metadataTable: this.metadataTable.name,
        uploadQueue: this.queuedUploads?.uploadQueue.name ?? names.uploadQueue,
        failedQueue: this.queuedUploads?.failedQueue.name ?? names.failedQueue,
      },
    });
  }
}
