import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { NotFound, S3ServiceException } from "@aws-sdk/client-s3";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { parseUploadEvent } from "../../lambda-src/records/upload-event";
import type { Pipeline } from "../../operations/pipeline-clients";
import type { ExpressionInput } from "./dynamodb-expression";
import { SOURCE_BUCKET } from "./photo";
import type { SimulatedInvocation } from "./simulated-invocation";
import type { SimulatedSystem } from "./simulated-system";

const PROCESSED_BUCKET = "previews";
const DEAD_LETTERS = "dead-letters";
const UPLOADS = "uploads";
/** How long the upload queue keeps messages. */
export const RETENTION_SECONDS = 21_600;

interface Command {
  readonly input: Readonly<Record<string, unknown>>;
  readonly constructor: { readonly name: string };
}
type Answer = (input: never) => unknown;

/**
 * AWS as the operations of one operator's process see it: commands of the SDK go to the simulated services, each through the
 * network, which may lose it, delay it, send it twice, or kill the process.
 * @param pauseMs how long the process stands still before its next request
 */
export function simulatedPipeline(
  system: SimulatedSystem,
  operator: SimulatedInvocation,
  pauseMs: () => number,
): Pipeline {
  const answers = new Services(system, operator).answers;
  const wait = (ms: number) => new Promise<void>((resolve) => void system.agenda.after(ms, resolve));
  const send = async (command: Command, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) => {
    const pause = pauseMs();
    if (pause > 0) await wait(pause);
    const name = command.constructor.name.replace(/Command$/, "");
    const answer = answers[name] as ((input: unknown) => unknown) | undefined;
    if (!answer) throw new Error(`${name} must be simulated`);
    return system.network.call({
      invocation: operator,
      label: name,
      signal: abortSignal,
      failure: (reason) => new Error(reason),
      apply: () => answer(command.input),
    });
  };
  const client = { send };
  return {
    region: "us-east-1",
    sourceBucket: SOURCE_BUCKET,
    processedBucket: PROCESSED_BUCKET,
    metadataTable: "images",
    processorName: "processor",
    deadLetterQueueUrl: DEAD_LETTERS,
    ...(system.trigger === "queue" && { uploadQueueUrl: UPLOADS }),
    clock: {
      now: () => operator.now(),
      wait,
    },
    close: () => undefined,
    ...({ s3: client, dynamodb: client, sqs: client, lambda: client } as unknown as Pick<
      Pipeline,
      "s3" | "dynamodb" | "sqs" | "lambda"
    >),
  };
}

interface ObjectRequest {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
  readonly IfMatch?: string;
}

interface TableRequest {
  readonly Key: Parameters<typeof unmarshall>[0];
  readonly IndexName?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly UpdateExpression?: string;
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Parameters<typeof unmarshall>[0];
}

interface MessageRequest {
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
  readonly MaxNumberOfMessages: number;
  readonly MessageBody: string;
}

class Services {
  readonly answers: Readonly<Record<string, Answer>> = {
    HeadObject: (request: ObjectRequest) => this.#head(request),
    DeleteObject: (request: ObjectRequest) => this.#delete(request),
    ListObjectsV2: ({ Bucket, Prefix }: { Bucket: string; Prefix: string }) => this.#list(Bucket, Prefix),
    GetItem: ({ Key }: TableRequest) => {
      const item = this.system.table.readAsOperator(unmarshall(Key), this.operator);
      return { Item: item && marshall(item, { removeUndefinedValues: true }) };
    },
    Query: (request: TableRequest) => ({
      Items: this.system.table
        .query(request, expressionInput(request), this.operator)
        .map((item) => marshall(item, { removeUndefinedValues: true })),
    }),
    UpdateItem: (request: TableRequest) => {
      const { ConditionExpression: condition, UpdateExpression: update = "" } = request;
      const input = expressionInput(request);
      const item = this.system.table.updateAsOperator(
        unmarshall(request.Key),
        { condition, update },
        input,
        this.operator,
      );
      if (!item) throw refused();
      return { Attributes: marshall(item, { removeUndefinedValues: true }) };
    },
    DeleteItem: (request: TableRequest) => {
      const { ConditionExpression: condition } = request;
      if (!this.system.table.deleteAsOperator(unmarshall(request.Key), condition, expressionInput(request)))
        throw refused();
      return {};
    },
    ReceiveMessage: ({ MaxNumberOfMessages, VisibilityTimeout }: MessageRequest) => ({
      Messages: this.system.deadLetters.receive(MaxNumberOfMessages, VisibilityTimeout * 1000),
    }),
    DeleteMessage: ({ ReceiptHandle }: MessageRequest) => {
      const { deadLetters, invariants } = this.system;
      invariants.letterDeleted(ReceiptHandle, deadLetters.eventOf(ReceiptHandle), this.#sent);
      return deadLetters.delete(ReceiptHandle);
    },
    ChangeMessageVisibility: ({ ReceiptHandle, VisibilityTimeout }: MessageRequest) =>
      this.system.deadLetters.hide(ReceiptHandle, VisibilityTimeout * 1000),
    GetQueueAttributes: ({ AttributeNames }: { readonly AttributeNames: readonly string[] }) => {
      const attributes = {
        MessageRetentionPeriod: String(RETENTION_SECONDS),
        ApproximateNumberOfMessages: String(this.system.processor.open),
        ApproximateNumberOfMessagesNotVisible: "0",
        ApproximateNumberOfMessagesDelayed: "0",
      };
      return {
        Attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => AttributeNames.includes(name))),
      };
    },
    SendMessage: ({ MessageBody }: MessageRequest) => this.#send(MessageBody),
    Invoke: ({ Payload }: { Payload: string }) => this.#send(Payload),
  };

  /** Images of the events that this process has sent. */
  readonly #sent = new Set<string>();

  constructor(
    private readonly system: SimulatedSystem,
    private readonly operator: SimulatedInvocation,
  ) {}

  #head({ Bucket, Key, VersionId }: ObjectRequest): object {
    const { buckets, invariants } = this.system;
    if (Bucket === PROCESSED_BUCKET) {
      const preview = buckets.preview(Key);
      invariants.previewSeen(Key, buckets.previewTimes.get(Key), this.operator);
      if (!preview) throw notFound();
      return preview;
    }
    const photo = buckets.original(Key, VersionId);
    if (!photo) throw notFound();
    return {
      ETag: `"${photo.eTag}"`,
      LastModified: new Date(Math.floor(photo.putAtMs / 1000) * 1000),
      ContentLength: photo.content.length,
      VersionId: photo.versionId,
    };
  }

  #delete({ Bucket, Key, VersionId, IfMatch }: ObjectRequest): object {
    const { buckets, invariants, table } = this.system;
    const current = Bucket === PROCESSED_BUCKET ? buckets.preview(Key) : buckets.original(Key, VersionId);
    const eTag = current && ("ETag" in current ? current.ETag : `"${current.eTag}"`);
    if (IfMatch !== undefined && !current) throw s3Error("NoSuchKey", 404);
    if (IfMatch !== undefined && IfMatch !== eTag) throw s3Error("PreconditionFailed", 412);
    if (Bucket === PROCESSED_BUCKET) {
      const [, imageId = ""] = Key.split("/");
      invariants.previewDeleted(Key, table.itemOf(imageId), this.operator);
      buckets.losePreview(Key);
    } else {
      if (current && "imageId" in current) invariants.originalDeleted(current.imageId);
      buckets.deleteOriginal(Key, VersionId);
    }
    return {};
  }

  #list(bucket: string, prefix: string): object {
    const { buckets } = this.system;
    if (bucket !== PROCESSED_BUCKET) return { Contents: this.#originals(prefix) };
    const keys = [...buckets.previews.keys()].filter((key) => key.startsWith(prefix)).sort();
    return {
      Contents: keys.map((Key) => ({
        Key,
        Size: 1,
        ETag: '""',
        LastModified: new Date(buckets.previewTimes.get(Key) ?? 0),
      })),
    };
  }

  #originals(prefix: string): readonly object[] {
    const { buckets } = this.system;
    const keys = [...new Set(buckets.photos.map(({ key }) => key))].filter((key) => key.startsWith(prefix)).sort();
    return keys.flatMap((key) => {
      const photo = buckets.original(key);
      if (!photo) return [];
      const LastModified = new Date(Math.floor(photo.putAtMs / 1000) * 1000);
      return [{ Key: encodeURIComponent(key), Size: photo.content.length, ETag: `"${photo.eTag}"`, LastModified }];
    });
  }

  #send(event: string): object {
    const { system } = this;
    const uploads = parseUploadEvent(JSON.parse(event), SOURCE_BUCKET).flatMap((record) =>
      record.kind === "upload" ? [record.upload] : [],
    );
    for (const { imageId } of uploads) this.#sent.add(imageId);
    const photos = uploads.flatMap((upload) => system.buckets.uploadOfEvent(upload) ?? []);
    system.deliver({ event: JSON.parse(event), photos, requestId: system.newRequestId() }, 0);
    return { StatusCode: 202 };
  }
}

const expressionInput = ({ ExpressionAttributeNames, ExpressionAttributeValues }: TableRequest): ExpressionInput => ({
  names: ExpressionAttributeNames,
  values: ExpressionAttributeValues && unmarshall(ExpressionAttributeValues),
});

const refused = () => new ConditionalCheckFailedException({ message: "refused", $metadata: {} });
const notFound = () => new NotFound({ message: "absent", $metadata: { httpStatusCode: 404 } });
const s3Error = (name: string, httpStatusCode: number) =>
  new S3ServiceException({ name, message: name, $fault: "client", $metadata: { httpStatusCode } });
