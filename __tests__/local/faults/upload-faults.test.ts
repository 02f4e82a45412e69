import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { plain } from "../../../checks/images/pictures";
import { type ArmedFault, UploadFaults } from "../../../local/faults/upload-faults";
import { readLocalSettings } from "../../../local/local-settings";
import { type LocalSystem, startLocalSystem } from "../../../local/local-system";
import { ImageCatalogue } from "../../../operations/image-catalogue";
import { localSystemOptions } from "../../support/local-system-options";
import { temporaryDirectory } from "../../support/temporary-directory";
import { sampled, thoroughTest } from "../../support/thorough";
import { waitUntil } from "../../support/wait-until";

jest.setTimeout(90_000);

const directory = temporaryDirectory();
let system: LocalSystem;
let s3: S3Client;
let catalogue: ImageCatalogue;

beforeAll(async () => {
  system = await startLocalSystem({
    ...localSystemOptions(directory),
    // A time limit of 6 s, which leaves the function time before it stops itself, and retries after 3 and 6 s.
    settings: readLocalSettings({ LAMBDA_TIMEOUT_S: "120" }),
    timeScale: 0.05,
  });
  const { region, credentials } = system;
  s3 = new S3Client({ region, credentials, endpoint: system.s3Endpoint, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ region, credentials, endpoint: system.dynamodbEndpoint });
  catalogue = new ImageCatalogue({ dynamodb, metadataTable: system.metadataTable });
});
afterAll(() => system.close());

async function upload(userId: string): Promise<void> {
  const Body = await plain(64, 48).jpeg().toBuffer();
  await s3.send(new PutObjectCommand({ Bucket: system.sourceBucket, Key: `uploads/${userId}/photo.jpg`, Body }));
}

async function recordsOf(userId: string) {
  return (await catalogue.list({ userId }, { limit: 10 })).records;
}

const OUTCOMES: readonly (readonly [Omit<ArmedFault, "uploads">, object])[] = [
  [
    { fault: "s3_unavailable", attempts: "first" },
    { processingStatus: "completed", attempts: 2 },
  ],
  [
    { fault: "s3_unavailable", attempts: "every" },
    { processingStatus: "failed", errorCode: "S3_ERROR", attempts: 3 },
  ],
  [
    { fault: "dynamodb_throttled", attempts: "first" },
    { processingStatus: "completed", attempts: 1 },
  ],
  [
    { fault: "dynamodb_throttled", attempts: "every" },
    { processingStatus: "failed", errorCode: "RETRIES_EXHAUSTED" },
  ],
  [
    { fault: "out_of_memory", attempts: "first" },
    { processingStatus: "completed", attempts: 2 },
  ],
  [
    { fault: "out_of_memory", attempts: "every" },
    { processingStatus: "failed", errorCode: "RUNTIME_CRASH", attempts: 3 },
  ],
  [
    { fault: "time_limit", attempts: "first" },
    { processingStatus: "completed", attempts: 2 },
  ],
  [
    { fault: "delivered_twice", attempts: "every" },
    { processingStatus: "completed", attempts: 1 },
  ],
];

describe("a fault for the next upload", () => {
  const outcomes = sampled(OUTCOMES, 1);

  beforeAll(async () => {
    for (const [armed, _] of outcomes) {
      system.faults.arm({ ...armed, uploads: 1 });
      await upload(`${armed.fault}-${armed.attempts}`);
    }
    await upload("untouched");
  });

  test.each(outcomes)("%j ends as %j", async ({ fault, attempts }, outcome) => {
    const user = `${fault}-${attempts}`;
    const ends = async () => ["completed", "failed"].includes((await recordsOf(user))[0]?.processingStatus ?? "");
    await waitUntil(ends, 60_000);
    const records = await recordsOf(user);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject(outcome);
  });

  test("leaves the next one alone", async () => {
    await waitUntil(async () => (await recordsOf("untouched"))[0]?.processingStatus === "completed");
    expect(system.faults.armed).toEqual([]);
  });

  thoroughTest("leaves dead letters that complete once they are replayed", async () => {
    await waitUntil(async () => (await system.deadLetterQueue.count()) === 3);
    for (const { body } of await system.deadLetterQueue.list()) await system.imageProcessor.enqueue(JSON.parse(body));
    const completes = async () => (await recordsOf("s3_unavailable-every"))[0]?.processingStatus === "completed";
    await waitUntil(completes, 60_000);
  });
});

describe("UploadFaults", () => {
  test("counts down and switches itself off", () => {
    const faults = new UploadFaults("photos");
    const changes = jest.fn();
    faults.onChange = changes;
    faults.arm({ fault: "delivered_twice", uploads: 2, attempts: "every" });
    const event = (key: string) => ({
      Records: [
        {
          eventVersion: "2.1",
          eventName: "ObjectCreated:Put",
          eventTime: "2026-01-01T00:00:00.000Z",
          s3: { bucket: { name: "photos" }, object: { key, sequencer: "1" } },
        },
      ],
    });
    expect(faults.uploaded(event("other/a.jpg"))).toBe(1);
    expect(faults.uploaded(event("uploads/alice/a.jpg"))).toBe(2);
    expect(faults.armed).toEqual([{ fault: "delivered_twice", uploads: 1, attempts: "every" }]);
    expect(faults.uploaded(event("uploads/alice/b.jpg"))).toBe(2);
    expect(faults.uploaded(event("uploads/alice/c.jpg"))).toBe(1);
    expect(changes).toHaveBeenCalledTimes(3);
  });
});
