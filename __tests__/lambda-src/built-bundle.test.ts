import { createHash } from "node:crypto";
import { join } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import sharp from "sharp";
import { stageLocalBundles } from "../../bundling/stage-lambda-bundles";
import { distance, QUARTER_CENTRES, QUARTERS, quarters, samplesOf } from "../../checks/images/pictures";
import { METRICS } from "../../contract/names";
import { imageIdOf } from "../../lambda-src/records/image-identity";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import { type FunctionLog, LocalFunction } from "../../local/aws/lambda/local-function";
import { readLocalSettings } from "../../local/local-settings";
import { type LocalSystem, startLocalSystem } from "../../local/local-system";
import { functionConfiguration } from "../support/function-bundle";
import { temporaryDirectory } from "../support/temporary-directory";
import { waitUntil } from "../support/wait-until";

jest.setTimeout(60_000);

const root = temporaryDirectory();
const bundles = stageLocalBundles();
const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

const KEY = "uploads/alice/süß a+b%.jpg";

/** Uploads one object with the SDK and waits for its record. */
async function uploadAndProcess(name: string, body: Buffer, environment: Readonly<Record<string, string>> = {}) {
  const logs: FunctionLog[] = [];
  const system = await startLocalSystem({
    directory: join(root, name),
    s3Port: 0,
    dynamodbPort: 0,
    lambdaPort: 0,
    sqsPort: 0,
    bundles,
    settings: readLocalSettings({ LAMBDA_NODE: process.env.LAMBDA_NODE, ...environment }),
    timeScale: 1,
    onLog: (log) => logs.push(log),
    onTrouble: (sentence) => {
      throw new Error(sentence);
    },
  });
  closers.push(system.close);
  const { region, credentials } = system;
  const s3 = new S3Client({ region, credentials, endpoint: system.s3Endpoint, forcePathStyle: true });
  const startedAt = Date.now();
  await s3.send(new PutObjectCommand({ Bucket: system.sourceBucket, Key: KEY, Body: body }));
  await waitUntil(() => system.imageProcessor.size === 0);
  const lines = logs.flatMap((log) => (log.kind === "line" ? [log.text] : []));
  return { system, s3, startedAt, lines, record: await onlyRecord(system) };
}

async function onlyRecord(system: LocalSystem): Promise<ImageRecord> {
  const { region, credentials, dynamodbEndpoint: endpoint, metadataTable: TableName } = system;
  const client = new DynamoDBClient({ region, credentials, endpoint });
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  client.destroy();
  expect(Items).toHaveLength(1);
  return unmarshall(Items[0] ?? {}) as ImageRecord;
}

async function previewOf({ system, s3, record }: Awaited<ReturnType<typeof uploadAndProcess>>, name: string) {
  const command = new GetObjectCommand({ Bucket: system.processedBucket, Key: record.previews?.[name] });
  const { Body, ContentType, CacheControl, Metadata } = await s3.send(command);
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  return { bytes, ContentType, CacheControl, Metadata, image: await sharp(bytes).metadata() };
}

async function expectQuarters(preview: Buffer, order: readonly number[]): Promise<void> {
  const samples = await samplesOf(preview);
  for (const [index, [x, y]] of QUARTER_CENTRES.entries()) {
    const { r, g, b } = QUARTERS[order[index] ?? 0] ?? { r: 0, g: 0, b: 0 };
    expect(distance(samples.at(x, y), [r, g, b, 255])).toBeLessThan(12);
  }
}

/** 12 MP of four quarters, with a position in its metadata. */
const photo = (): Promise<Buffer> =>
  quarters(400, 300)
    .resize(4000, 3000, { kernel: "nearest" })
    .withExif({ IFD0: { Make: "Camera" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" } })
    .jpeg()
    .toBuffer();

describe("the built image processor on a 12 MP JPEG", () => {
  const processing = photo().then((body) => uploadAndProcess("photo", body).then((done) => ({ ...done, body })));

  test("writes a record with every attribute", async () => {
    const { record, body, system, startedAt } = await processing;
    const { sequencer = "", imageId, timestamp, processedAt = 0, leaseExpiresAt = 0, ttl = 0 } = record;
    const key = (name: string): string => `previews/${imageId}/${name}.jpg`;
    expect(record).toEqual({
      imageId: imageIdOf({ bucket: system.sourceBucket, key: KEY, version: sequencer }),
      timestamp: expect.any(Number),
      userId: "alice",
      originalKey: KEY,
      originalSize: body.length,
      processingStatus: "completed",
      processedAt: expect.any(Number),
      previews: { thumbnail: key("thumbnail"), small: key("small"), medium: key("medium") },
      previewDetails: {
        thumbnail: { width: 150, height: 113, bytes: expect.any(Number), contentType: "image/jpeg" },
        small: { width: 300, height: 225, bytes: expect.any(Number), contentType: "image/jpeg" },
        medium: { width: 800, height: 600, bytes: expect.any(Number), contentType: "image/jpeg" },
      },
      width: 4000,
      height: 3000,
      format: "jpeg",
      placeholder: expect.stringMatching(/^[A-Za-z0-9+/]{20,40}={0,2}$/),
      attempts: 1,
      leaseOwner: expect.stringMatching(/^[0-9a-f-]{36}$/),
      leaseExpiresAt: expect.any(Number),
      eTag: createHash("md5").update(body).digest("hex"),
      sequencer: expect.stringMatching(/^[0-9A-F]+$/),
      ttl: expect.any(Number),
    });
    const startedAtSeconds = Math.floor(startedAt / 1000);
    expect(timestamp).toBeGreaterThanOrEqual(startedAtSeconds);
    expect(processedAt).toBeGreaterThanOrEqual(timestamp);
    expect(processedAt - timestamp).toBeLessThan(60);
    expect(leaseExpiresAt).toBeGreaterThan(startedAt + 30_000);
    expect(ttl - 365 * 86_400 - startedAtSeconds).toBeLessThan(60);
  });

  test.each([
    ["thumbnail", 150, 113],
    ["small", 300, 225],
    ["medium", 800, 600],
  ])("stores the %s preview as %i x %i without metadata", async (name, width, height) => {
    const done = await processing;
    const { bytes, image, ...headers } = await previewOf(done, name);
    expect(headers).toEqual({
      ContentType: "image/jpeg",
      CacheControl: "public, max-age=31536000, immutable",
      Metadata: { "original-image-id": done.record.imageId, "preview-size": name, "user-id": done.record.userId },
    });
    expect(image).toMatchObject({ format: "jpeg", width, height });
    expect(image).not.toHaveProperty("exif");
    expect(bytes.length).toBe(done.record.previewDetails?.[name]?.bytes);
    await expectQuarters(bytes, [0, 1, 2, 3]);
  });

  test("prints JSON alone: one decision, one line of metrics, no secrets", async () => {
    const { lines, record, system } = await processing;
    const [decision, metrics, ...more] = lines.map((line) => JSON.parse(line));
    expect(more).toEqual([]);
    expect(decision).toEqual({
      level: "INFO",
      message: "completed",
      service: "image-processor-local",
      sampling_rate: 0,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      imageId: record.imageId,
      key: KEY,
      requestId: record.leaseOwner,
      attempt: 1,
      durationMs: expect.any(Number),
    });
    expectEmbeddedMetrics(metrics, "image-processor-local");
    expect(metrics.ImagesCompleted).toBe(1);
    const printed = lines.join("\n");
    for (const secret of [system.credentials.secretAccessKey, "X-Amz-", "Signature", "Authorization", "http://"])
      expect(printed).not.toContain(secret);
  });
});

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function expectEmbeddedMetrics(line: Record<string, unknown>, functionName: string): void {
  const { Timestamp, CloudWatchMetrics } = line._aws as {
    Timestamp: number;
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
  expect(Math.abs(Date.now() - Timestamp)).toBeLessThan(600_000);
  expect(CloudWatchMetrics).toHaveLength(1);
  const [{ Namespace, Dimensions, Metrics } = { Namespace: "", Dimensions: [], Metrics: [] }] = CloudWatchMetrics;
  expect({ Namespace, Dimensions }).toEqual({ Namespace: "ImagePipeline", Dimensions: [["FunctionName"]] });
  expect(line.FunctionName).toBe(functionName);
  const units: Readonly<Record<string, string>> = METRICS;
  for (const { Name, Unit } of Metrics) {
    expect(Unit).toBe(units[Name]);
    expect(line[Name]).toEqual(expect.any(Number));
  }
  expect(Object.keys(line).sort()).toEqual(["_aws", "FunctionName", ...Metrics.map(({ Name }) => Name)].sort());
}

test("the orientation of the original is applied", async () => {
  // 6: turn a quarter clockwise to see it upright.
  const done = await uploadAndProcess(
    "orientation",
    await quarters(400, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  );
  expect(done.record).toMatchObject({ width: 200, height: 400 });
  const { bytes, image } = await previewOf(done, "thumbnail");
  expect(image).toMatchObject({ width: 75, height: 150 });
  expect(image).not.toHaveProperty("orientation");
  await expectQuarters(bytes, [2, 0, 3, 1]);
});

test("sizes and format of the previews are settings", async () => {
  const body = await quarters(400, 200).png().toBuffer();
  const environment = { PREVIEW_SIZES: "tiny=40x40,150x150,640x480", PREVIEW_FORMAT: "webp" };
  const done = await uploadAndProcess("settings", body, environment);
  const { imageId } = done.record;
  expect(done.record.previews).toEqual({
    tiny: `previews/${imageId}/tiny.webp`,
    thumbnail: `previews/${imageId}/thumbnail.webp`,
    "640x480": `previews/${imageId}/640x480.webp`,
  });
  const { ContentType, image } = await previewOf(done, "tiny");
  expect(ContentType).toBe("image/webp");
  expect(image).toMatchObject({ format: "webp", width: 40, height: 20 });
  // Never enlarged.
  expect((await previewOf(done, "640x480")).image).toMatchObject({ width: 400, height: 200 });
});

describe("a bad setting stops the built", () => {
  const good = {
    SOURCE_BUCKET: "uploads-bucket",
    PROCESSED_BUCKET: "previews-bucket",
    METADATA_TABLE: "records",
    LOG_LEVEL: "INFO",
    MAX_IMAGE_SIZE: "1000",
    MAX_IMAGE_PIXELS: "1000",
    PREVIEW_SIZES: "10x10",
    PREVIEW_FORMAT: "auto",
    RECORD_TTL_DAYS: "1",
  };

  async function startError(codeDirectory: string, bad: Readonly<Record<string, string>>): Promise<string> {
    const environment = { ...good, ...bad };
    const lambda = new LocalFunction(
      functionConfiguration(codeDirectory, { node: process.env.LAMBDA_NODE, environment }),
      () => {},
    );
    closers.push(() => lambda.close());
    const { outcome } = await lambda.invoke("{}", "request");
    return outcome.kind === "error" ? outcome.error.errorMessage : "";
  }

  test("processor at its start, with the variable, the expectation and what it got", async () => {
    const message = await startError(bundles.imageProcessor, {
      MAX_IMAGE_SIZE: "10 MB",
      PREVIEW_SIZES: "150",
      PREVIEW_FORMAT: "bmp",
      SOURCE_BUCKET: "",
    });
    const [bucket, size, sizes, format, ...more] = message.split("\n");
    expect(bucket).toBe('SOURCE_BUCKET must not be empty, got ""');
    expect(size).toMatch(/^MAX_IMAGE_SIZE must be an integer from 1 to \d+ bytes, got "10 MB"$/);
    expect(sizes).toMatch(/^PREVIEW_SIZES must be a comma-separated list .*, got "150"$/);
    expect(format).toBe('PREVIEW_FORMAT must be one of auto, jpeg, png, webp, avif, got "bmp"');
    expect(more).toEqual([]);
  });

  test("recorder too", async () => {
    expect(await startError(bundles.failureRecorder, { LOG_LEVEL: "LOUD" })).toBe(
      'LOG_LEVEL must be one of DEBUG, INFO, WARN, ERROR, got "LOUD"',
    );
  });
});
