import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { conditionalUpdate } from "../../../checks/protocol-simulation/conditional-update";
import { DynamoDbRecordStore } from "../../../lambda-src/aws/dynamodb-record-store";
import { UpdateExpression } from "../../../lambda-src/aws/update-expression";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import { claim, type RecordUpdate } from "../../../lambda-src/records/record-updates";
import { type InMemoryTable, startInMemoryTable } from "../../support/in-memory-table";
import { UPLOAD } from "../../support/pipeline-ports";
import { anyUpdate, attributesOrNothing, pipelineUpdate } from "../../support/record-arbitraries";
import { runsOf, THOROUGH } from "../../support/thorough";

describe("UpdateExpression", () => {
  let table: InMemoryTable;
  let nextItem = 0;
  beforeAll(async () => {
    table = await startInMemoryTable();
  });
  afterAll(() => table.close());

  /** What the database makes of `update`, and what the simulated table makes of it. */
  async function bothOutcomes(update: Omit<RecordUpdate, "key">, attributes: object | undefined) {
    nextItem += 1;
    const { signal } = new AbortController();
    const key = { imageId: `item-${nextItem}`, timestamp: nextItem };
    const item = attributes && ({ ...key, ...attributes } as ImageRecord);
    const { client, tableName } = table;
    if (item) await client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) }));
    const store = new DynamoDbRecordStore(client, tableName);
    const keyed = { ...update, key };
    const answer = await store.update(keyed, signal);
    const expected = conditionalUpdate(keyed, item);
    return {
      database: { answer, item: await store.read(key, signal) },
      simulation: { answer: expected ?? { refused: true }, item: expected ?? item },
    };
  }

  test("means in the database what it means in the simulation, for any update of any item", async () => {
    await fc.assert(
      fc.asyncProperty(anyUpdate, attributesOrNothing, async (update, attributes) => {
        const { database, simulation } = await bothOutcomes(update, attributes);
        expect(database).toEqual(simulation);
      }),
      runsOf(160),
    );
  }, 180_000);

  test("means in the database what it means in the simulation, for the pipeline's updates", async () => {
    const refusals = { refused: 0, applied: 0 };
    await fc.assert(
      fc.asyncProperty(pipelineUpdate, attributesOrNothing, async (update, attributes) => {
        const { database, simulation } = await bothOutcomes(update, attributes);
        expect(database).toEqual(simulation);
        refusals["refused" in database.answer ? "refused" : "applied"] += 1;
      }),
      runsOf(640),
    );
    // One in six is applied. Of a quick run's 80 none would be once in a million; of 640, ten or fewer are rarer still.
    expect(Math.min(refusals.refused, refusals.applied)).toBeGreaterThan(THOROUGH ? 10 : 0);
  }, 180_000);

  test("names every attribute and value by a placeholder, each attribute once", () => {
    const update = claim(UPLOAD, { owner: "request-1", expiresAtMs: 2 }, 1, 9);
    const input = new UpdateExpression(update).toCommandInput();
    const text = `${input.ConditionExpression} ${input.UpdateExpression}`;
    const names = Object.values(input.ExpressionAttributeNames ?? {});
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(text).not.toMatch(new RegExp(`\\b${name}\\b`));
    expect(new Set(text.match(/#\d+/g))).toEqual(new Set(Object.keys(input.ExpressionAttributeNames ?? {})));
    expect(new Set(text.match(/:\d+/g))).toEqual(new Set(Object.keys(input.ExpressionAttributeValues ?? {})));
  });

  test("leaves out what is undefined", () => {
    const update = claim({ ...UPLOAD, eTag: undefined }, { owner: "request-1", expiresAtMs: 2 }, 1, 9);
    const names = Object.values(new UpdateExpression(update).toCommandInput().ExpressionAttributeNames ?? {});
    expect(names).toContain("sequencer");
    expect(names).not.toContain("eTag");
    expect(names).not.toContain("versionId");
  });
});
