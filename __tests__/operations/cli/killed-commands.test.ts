import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import { formatOutputs } from "../../../operations/pipeline-environment";
import { uploadEvent } from "../../../operations/upload-event";
import { buildImagesCommand, type CommandRun } from "../../support/images-command";
import { colouredPhoto, type LocalPipeline, startLocalPipeline } from "../../support/local-pipeline";
import { storeObjects } from "../../support/stored-objects";
import { temporaryDirectory } from "../../support/temporary-directory";
import { thoroughTest } from "../../support/thorough";
import { waitUntil } from "../../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(90_000);

const OBJECTS = 24;
const THREE_HOURS_MS = 3 * 3600_000;
const numbers = Array.from({ length: OBJECTS }, (_, n) => n);
const root = temporaryDirectory();
const runs: CommandRun[] = [];
const running: LocalPipeline[] = [];
let runImages: ReturnType<typeof buildImagesCommand>;

beforeAll(() => {
  runImages = buildImagesCommand(root);
});
afterAll(async () => {
  for (const { child } of runs) child.kill("SIGKILL");
  await Promise.all(running.map((local) => local.close()));
});

/** A system with objects of three hours ago that it has never heard of. */
async function systemWithOldObjects(name: string): Promise<LocalPipeline> {
  const directory = join(root, name);
  const body = await colouredPhoto(200);
  const lastModifiedMs = Date.now() - THREE_HOURS_MS;
  await storeObjects(
    directory,
    numbers.map((n) => ({ key: keyOf(n), body: Buffer.concat([body, Buffer.from([n])]), lastModifiedMs })),
  );
  return startOn(directory);
}

async function startOn(directory: string): Promise<LocalPipeline> {
  const local = await startLocalPipeline(directory);
  running.push(local);
  writeFileSync(`${directory}.json`, formatOutputs(local.system.environment, "image-pipeline-local"));
  return local;
}

/** Users in turns, one object between them that belongs to nobody. */
const keyOf = (n: number) => (n === 7 ? "uploads/b.jpg" : `uploads/${["alice", "bob", "süß"][n % 3]}/photo ${n}.jpg`);

function start(name: string, ...args: string[]): CommandRun {
  const run = runImages([...args, "--outputs", `${name}.json`, "--yes", "--json"]);
  runs.push(run);
  return run;
}
async function finish(run: CommandRun): Promise<Record<string, unknown>> {
  const { code, out, err } = await run.exit;
  expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining("failed") });
  return JSON.parse(out);
}
/** Events that the system has accepted; those at work may count twice. */
const begun = async (local: LocalPipeline) => local.system.imageProcessor.size + (await local.records()).length;
async function kill(run: CommandRun): Promise<void> {
  run.child.kill("SIGKILL");
  await run.exit;
}

async function everyObjectOnce(local: LocalPipeline): Promise<void> {
  await waitUntil(() => local.system.imageProcessor.size === 0, 60_000);
  const records = await local.records();
  expect(records.map(({ originalKey }) => originalKey).sort()).toEqual(numbers.map(keyOf).sort());
  expect(new Set(records.map(({ processingStatus, attempts }) => `${processingStatus} ${attempts}`))).toEqual(
    new Set(["completed 1"]),
  );
}

describe("kill -9", () => {
  thoroughTest("in the middle of a backfill loses nothing and does nothing twice", async () => {
    const local = await systemWithOldObjects("backfill");
    const killed = start("backfill", "backfill", "--rate", "3");
    const state = join(root, ".local", `backfill-${local.pipeline.sourceBucket}.json`);
    await waitUntil(async () => existsSync(state) && (await begun(local)) >= 3);
    await kill(killed);
    const counts = await finish(start("backfill", "backfill", "--rate", "100"));
    expect(Number(counts.sent) + Number(counts.known)).toBe(OBJECTS);
    expect(existsSync(state)).toBe(false);
    await everyObjectOnce(local);

    expect(await finish(start("backfill", "backfill"))).toMatchObject({ sent: 0, resumed: 0, known: OBJECTS });
    await retryOne(local);
  });

  /** An object whose record failed in a way that may pass is processed again, as that very record. */
  async function retryOne(local: LocalPipeline): Promise<void> {
    const [record] = await local.records();
    const failed: Partial<ImageRecord> = {
      ...record,
      processingStatus: "failed",
      errorCode: "S3_ERROR",
      leaseExpiresAt: 0,
    };
    const { dynamodb, metadataTable } = local.pipeline;
    await dynamodb.send(new PutItemCommand({ TableName: metadataTable, Item: marshall(failed) }));
    const counts = await finish(start("backfill", "backfill"));
    expect(counts).toMatchObject({ sent: 0, resumed: 1, known: OBJECTS - 1 });
    await waitUntil(() => local.system.imageProcessor.size === 0, 60_000);
    const [again] = (await local.records()).filter(({ imageId }) => imageId === record?.imageId);
    expect(again).toMatchObject({ processingStatus: "completed", attempts: 2 });
    expect(await local.records()).toHaveLength(OBJECTS);
  }

  thoroughTest("in the middle of a replay loses no message and does nothing twice", async () => {
    const first = await systemWithOldObjects("replay");
    const { sourceBucket, region } = first.pipeline;
    for (const n of numbers) {
      const encodedKey = encodeURIComponent(keyOf(n)).replaceAll("%2F", "/");
      const object = { bucket: sourceBucket, region, encodedKey, sequencer: `00${n + 10}`, time: new Date() };
      await first.system.deadLetterQueue.send(JSON.stringify(uploadEvent(object)));
    }
    const killed = start("replay", "replay", "--rate", "3");
    await waitUntil(async () => (await begun(first)) >= 3);
    await kill(killed);
    await waitUntil(() => first.system.imageProcessor.size === 0, 60_000);

    // A restart makes the messages visible that the killed run had received, as their timeout would.
    await running.pop()?.close();
    const second = await startOn(join(root, "replay"));
    const left = await second.system.deadLetterQueue.count();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(OBJECTS);
    const report = await finish(start("replay", "replay", "--rate", "100"));
    expect(report).toEqual({ replayed: left, notUnderstood: [], interrupted: false });
    expect(await second.system.deadLetterQueue.count()).toBe(0);
    await everyObjectOnce(second);
  });

  thoroughTest("Ctrl-C instead stops with a summary, and the same command goes on", async () => {
    const local = await systemWithOldObjects("stopped");
    const stopped = start("stopped", "backfill", "--rate", "3");
    await waitUntil(async () => (await begun(local)) >= 3);
    stopped.child.kill("SIGINT");
    const { code, out } = await stopped.exit;
    expect(code).toBe(130);
    const counts = JSON.parse(out);
    expect(counts.interrupted).toBe(true);
    const rest = await finish(start("stopped", "backfill", "--rate", "100"));
    // Nothing was sent twice: what the first run began it finished, and noted.
    expect(rest).toMatchObject({ sent: OBJECTS, known: 0 });
    await everyObjectOnce(local);
  });
});
