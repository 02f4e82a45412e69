import { join } from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { DynamoDbServer } from "../../local/aws/dynamodb/dynamodb-server";
import { startMetadataDatabase } from "../../local/metadata-database";
import { BadCursor, formatCursor, parseCursor } from "../../operations/catalogue-cursor";
import { ImageCatalogue, type ImageFilter, STATUSES } from "../../operations/image-catalogue";
import { temporaryDirectory } from "../support/temporary-directory";
import { runsOf } from "../support/thorough";

const root = temporaryDirectory();
const access = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local-secret" } };
const metadataTable = "image-metadata-test";
let database: DynamoDbServer;
let dynamodb: DynamoDBClient;
let catalogue: ImageCatalogue;

/** Two uploads in every second, states and users in turns. */
const records = Array.from({ length: 40 }, (_, n) => ({
  imageId: `image-${String(n).padStart(2, "0")}`,
  timestamp: 1000 + Math.floor(n / 2),
  processingStatus: STATUSES[n % 4],
  userId: n % 3 === 0 ? "alice" : "bob",
}));

beforeAll(async () => {
  database = await startMetadataDatabase({
    ...access,
    directory: join(root, "table"),
    port: 0,
    tableName: metadataTable,
  });
  dynamodb = new DynamoDBClient({ ...access, endpoint: database.endpoint });
  catalogue = new ImageCatalogue({ dynamodb, metadataTable });
  for (const record of records)
    await dynamodb.send(new PutItemCommand({ TableName: metadataTable, Item: marshall(record) }));
});
afterAll(async () => {
  dynamodb.destroy();
  await database.close();
});

const idsOf = (found: readonly Pick<ImageRecord, "imageId">[]) => found.map(({ imageId }) => imageId).sort();
const expected = ({ status, userId, since = 0, until = Number.MAX_SAFE_INTEGER }: ImageFilter) =>
  records.filter(
    (record) =>
      (status === undefined || record.processingStatus === status) &&
      (userId === undefined || record.userId === userId) &&
      record.timestamp >= since &&
      record.timestamp <= until,
  );

async function paged(filter: ImageFilter, limit: number): Promise<readonly ImageRecord[]> {
  const found: ImageRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalogue.list(filter, { limit, cursor });
    expect(page.records.length).toBeLessThanOrEqual(limit);
    if (page.cursor) expect(page.records).toHaveLength(limit);
    found.push(...page.records);
    cursor = page.cursor;
  } while (cursor);
  return found;
}

describe("ImageCatalogue", () => {
  test("pages through every filter, newest first, each record once", async () => {
    const filters = fc.record({
      status: fc.option(fc.constantFrom(...STATUSES), { nil: undefined }),
      userId: fc.option(fc.constantFrom("alice", "bob", "nobody"), { nil: undefined }),
      since: fc.option(fc.integer({ min: 990, max: 1030 }), { nil: undefined }),
      until: fc.option(fc.integer({ min: 990, max: 1030 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 1, max: 12 }), async (filter, limit) => {
        const found = await paged(filter, limit);
        const times = found.map(({ timestamp }) => timestamp);
        expect(times).toEqual([...times].sort((a, b) => b - a));
        expect(idsOf(found)).toEqual(idsOf(expected(filter)));
      }),
      runsOf(60),
    );
  });

  test("walks through all records of a filter", async () => {
    const found: ImageRecord[] = [];
    for await (const record of catalogue.all({ status: "failed" })) found.push(record);
    expect(idsOf(found)).toEqual(idsOf(expected({ status: "failed" })));
  });

  test("finds by id, or not", async () => {
    expect(await catalogue.find("image-07")).toEqual(records[7]);
    expect(await catalogue.find("absent")).toBeUndefined();
  });

  test("refuses a cursor that is none of this filter's pages", async () => {
    const { cursor } = await catalogue.list({ status: "failed" }, { limit: 1 });
    await expect(catalogue.list({ status: "pending" }, { limit: 1, cursor })).rejects.toThrow(BadCursor);
    for (const text of ["", "nonsense", formatCursor(new Map([["x", "start" as const]]))])
      expect(() => parseCursor(text, ["failed"])).toThrow(BadCursor);
  });
});
