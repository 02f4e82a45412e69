import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { formatOutputs, type PipelineEnvironment } from "../../../operations/pipeline-environment";
import { eventOfRecord } from "../../../operations/upload-event";
import { buildImagesCommand } from "../../support/images-command";
import { colouredPhoto, type LocalPipeline, startLocalPipeline } from "../../support/local-pipeline";
import { temporaryDirectory } from "../../support/temporary-directory";
import { sampled, thoroughTest } from "../../support/thorough";
import { waitUntil } from "../../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(60_000);

const root = temporaryDirectory();
let local: LocalPipeline;
let images: ReturnType<typeof buildImagesCommand>;
const ids = { done: "", rejected: "" };

beforeAll(async () => {
  images = buildImagesCommand(root);
  local = await startLocalPipeline(join(root, "system"));
  writeFileSync(join(root, "outputs.json"), formatOutputs(local.system.environment, "image-pipeline-local"));
  await local.upload("uploads/alice/süß a+b.jpg", await colouredPhoto(1));
  await local.upload("uploads/bob/notes.jpg", Buffer.from("hello"));
  await waitUntil(() => local.system.imageProcessor.size === 0);
  for (const { imageId, processingStatus } of await local.records())
    ids[processingStatus === "completed" ? "done" : "rejected"] = imageId;
});
afterAll(() => local.close());

const run = (...args: string[]) => images([...args, "--outputs", "outputs.json"]).exit;

describe("npm run images", () => {
  test("lists and shows, for people, for a pipe and for programs", async () => {
    const listed = await run("list", "--user", "alice");
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out.split("\n")[1]).toMatch(
      /^[0-9a-f-]{36}\tcompleted\t\t20[0-9-]+ [0-9:]+Z\t\d+ B\tuploads\/alice\/süß a\+b\.jpg$/,
    );
    const { images: found, more } = JSON.parse((await run("list", "--status", "failed", "--json")).out);
    expect(found).toMatchObject([{ imageId: ids.rejected, errorCode: "UNSUPPORTED_FORMAT" }]);
    expect(more).toBe(false);
    const shown = await run("show", ids.rejected);
    expect(shown.out).toContain("UNSUPPORTED_FORMAT: ");
    expect(shown.out).toContain("s3://photo-uploads-000000000000-local/uploads/bob/notes.jpg");
  });

  test("adds up, and reprocesses nothing that needs --force", async () => {
    const stats = JSON.parse((await run("stats", "--json")).out);
    expect(stats).toMatchObject({ images: 2, states: { completed: 1, failed: 1 }, reasons: { UNSUPPORTED_FORMAT: 1 } });
    expect(stats.secondsToComplete.p95).toBeGreaterThanOrEqual(stats.secondsToComplete.p50);

    const kept = await run("reprocess", ids.done, ids.rejected, "unknown-id");
    expect(kept.code).toBe(1);
    expect(kept.out).toBe(
      `${ids.done} is completed: --force processes it again
${ids.rejected} failed for good: --force tries again
unknown-id is unknown
0 images sent to be processed again, 3 not.
`,
    );
    expect(await run("reprocess", "--status", "failed", "--yes")).toEqual({
      code: 0,
      out: "",
      err: "1 image failed for good: --force tries those again too.\n",
    });
  });

  thoroughTest("verifies and repairs", async () => {
    const [record] = (await local.records()).filter(({ imageId }) => imageId === ids.done);
    const missing = record?.previews?.medium ?? "";
    const { processedBucket } = local.pipeline;
    await local.remove(processedBucket, missing);
    await local.put(processedBucket, "previews/nobody/small.jpg");
    const found = await run("verify");
    expect(found).toMatchObject({ code: 1 });
    expect(found.out).toContain(`${ids.done} lacks ${missing}\n`);
    expect(found.out).toContain("previews/nobody/small.jpg is named by no record\n");
    const repaired = await run("verify", "--repair", "--yes");
    expect(repaired).toMatchObject({ code: 1 });
    expect(repaired.out).toContain("previews/nobody/small.jpg is named by no record: left alone, because an attempt");
    await waitUntil(() => local.system.imageProcessor.size === 0);
    expect(await local.keysIn(processedBucket)).toContain(missing);
    await local.remove(processedBucket, "previews/nobody/small.jpg");
    expect(await run("verify", "--json")).toMatchObject({ code: 0 });
  });

  test("deletes all of a user, once it is told to", async () => {
    await local.upload("uploads/carol/a.jpg", await colouredPhoto(2));
    await waitUntil(() => local.system.imageProcessor.size === 0);
    const refused = await run("delete", "--user", "carol");
    expect(refused).toEqual({
      code: 2,
      out: "",
      err: "This deletes 1 image of user carol for good: originals in photo-uploads-000000000000-local, previews, records. It empties uploads/carol/, of newer uploads too: 1 object. Nobody can be asked here: add --yes\n",
    });
    const deleted = await run("delete", "--user", "carol", "--yes", "--json");
    expect(deleted.code).toBe(0);
    const [image, summary] = deleted.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(image).toMatchObject({ done: true, outcome: "deleted" });
    expect(summary).toEqual({ summary: { done: 1, notDone: 0, interrupted: false } });
    expect((await local.records()).filter(({ userId }) => userId === "carol")).toEqual([]);
  });

  test("deletes what is left of a user whose records have expired", async () => {
    const { pipeline } = local;
    await local.upload("uploads/süß/a b.jpg", await colouredPhoto(3));
    await local.upload("uploads/süß/again.jpg", await colouredPhoto(4));
    await local.upload("uploads/other/c.jpg", await colouredPhoto(5));
    await local.put(pipeline.sourceBucket, "uploads/süß/");
    await waitUntil(() => local.system.imageProcessor.size === 0);
    for (const { imageId, timestamp, userId } of await local.records())
      if (userId === "süß")
        await pipeline.dynamodb.send(
          new DeleteItemCommand({ TableName: pipeline.metadataTable, Key: marshall({ imageId, timestamp }) }),
        );
    const dry = await run("delete", "--user", "süß", "--dry-run");
    expect(dry.err).toContain("It empties uploads/süß/, of newer uploads too: 3 objects.");
    expect(dry.err).toContain("It deletes 6 previews whose record has expired.");
    expect(await run("delete", "--user", "süß", "--yes")).toMatchObject({
      code: 0,
      out: "0 images deleted, 0 not.\n3 objects without an image and 6 previews without a record deleted.\n",
    });
    expect((await local.keysIn(pipeline.sourceBucket)).filter((key) => key.startsWith("uploads/süß/"))).toEqual([]);
    expect(await run("delete", "--user", "süß", "--yes")).toMatchObject({ code: 0, err: "No image matches.\n" });
    expect((await local.keysIn(pipeline.sourceBucket)).filter((key) => key.includes("other"))).toHaveLength(1);

    await local.put(pipeline.processedBucket, "previews/of-an-earlier-version/small.jpg");
    const unclear = await run("delete", "--user", "süß", "--yes");
    expect(unclear.code).toBe(1);
    expect(unclear.err).toContain("1 preview without a record may be of this user");
    await local.remove(pipeline.processedBucket, "previews/of-an-earlier-version/small.jpg");
  });

  test("discards dead letters by their ids, and those of deleted images", async () => {
    const { deadLetterQueue } = local.system;
    const id = await deadLetterQueue.send("no event");
    expect(await run("replay", "--yes")).toMatchObject({
      code: 1,
      out: expect.stringContaining(`message ${id} cannot`),
    });
    expect(await run("replay", "--discard", id, "unknown", "--yes")).toEqual({
      code: 1,
      out: "message unknown is not in the queue, or was received in the last minutes\n1 dead letter discarded, 1 not found.\n",
      err: "",
    });
    await local.upload("uploads/dave/d.jpg", await colouredPhoto(6));
    await waitUntil(() => local.system.imageProcessor.size === 0);
    const record = (await local.records()).find(({ userId }) => userId === "dave");
    await deadLetterQueue.send(JSON.stringify(record && eventOfRecord(record, local.pipeline)));
    const deleted = await run("delete", record?.imageId ?? "", "--yes");
    expect(deleted).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 dead letter of deleted images discarded."),
    });
    expect(await deadLetterQueue.count()).toBe(0);
  });

  thoroughTest("says in one sentence that nothing was found", async () => {
    const [listed, added, shown, replayed, filled] = await Promise.all([
      run("list", "--user", "nobody"),
      run("stats", "--since", "2030-01-01"),
      run("show", "unknown-id"),
      run("replay"),
      run("backfill", "--dry-run"),
    ]);
    expect(listed).toEqual({ code: 0, out: "", err: "No image matches.\n" });
    expect(added).toEqual({ code: 0, out: "", err: "No image matches.\n" });
    expect(shown).toEqual({
      code: 1,
      out: "",
      err: "No image has the id unknown-id in image-metadata-local.\n",
    });
    expect(replayed).toMatchObject({ code: 0, err: expect.stringMatching(/^No dead letter waits/) });
    expect(filled).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^0 objects would be sent; 0 had a record, \d were too young\.\n$/),
    });
  });

  const refusals: readonly (readonly [readonly string[], string])[] = [
    [["backfill", "--older-than", "1h"], "--older-than must be at least 2h, got 3600 s"],
    [["delete"], "delete needs either image ids or --user"],
    [["delete", "--user", "a/b"], '--user must be one segment of a key, got "a/b"'],
    [["backfill", "--min-age", "1h"], "--min-age must be at least 2h, got 3600 s"],
    [["list", "--status", "done"], "option '--status <state>' argument 'done' is invalid. must be one of"],
    [["backfill", "--prefix", "other/"], 'must begin with uploads/, got "other/"'],
    [["reprocess", "--status", "completed"], "completed images are processed again only with --force"],
    [["reprocess"], "reprocess needs either image ids or --status"],
    [["nonsense"], "unknown command 'nonsense'"],
  ];
  test.each(sampled(refusals, 1))("refuses %j with status 2", async (args, sentence) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(sentence);
  });

  thoroughTest("explains every command and its exit codes", async () => {
    const { code, out } = await images(["--help"]).exit;
    expect(code).toBe(0);
    const commands = [...out.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name = ""]) => name);
    expect(commands).toEqual(["list", "show", "stats", "reprocess", "replay", "backfill", "delete", "verify"]);
    const helps = await Promise.all(commands.map((command) => images([command, "--help"]).exit));
    for (const help of helps) expect(help.out).toContain("130  stopped by Ctrl-C");
  });
});

describe("an environment that cannot be used", () => {
  const environment: PipelineEnvironment = {
    region: "eu-central-1",
    sourceBucket: "photos",
    processedBucket: "previews",
    metadataTable: "images",
    processorName: "processor",
    deadLetterQueueUrl: "http://127.0.0.1:9/letters",
  };
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  /** AWS, as it refuses. */
  async function refusing(type: string, message: string): Promise<string> {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(400, { "Content-Type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb#${type}`, message }));
    }).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const deployed = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any", AWS_MAX_ATTEMPTS: "1" };
  const list = (variables: Record<string, string>, file = "deployed.json") =>
    images(["list", "--outputs", file], { ...deployed, ...variables }).exit;
  beforeAll(() => writeFileSync(join(root, "deployed.json"), formatOutputs(environment, "image-pipeline-dev")));

  const answers = [
    [
      "ThrottlingException",
      "slow",
      "AWS takes no more requests for now (ThrottlingException): run it again, with a lower --rate\n",
    ],
    ["ExpiredTokenException", "expired", "The AWS credentials have expired: sign in again\n"],
    [
      "UnrecognizedClientException",
      "invalid",
      "AWS does not accept these credentials: check AWS_PROFILE or the access key\n",
    ],
    [
      "AccessDeniedException",
      "not authorized to perform: dynamodb:Query",
      "These credentials may not do that (not authorized to perform: dynamodb:Query): docs/operations.md has the policy that an operator needs\n",
    ],
    [
      "ResourceNotFoundException",
      "Requested resource not found",
      "The environment is not in eu-central-1 for these credentials (Requested resource not found): check region and account\n",
    ],
  ] as const;
  test.each(sampled(answers, 1))("%s is one sentence", async (type, message, err) => {
    expect(await list({ AWS_ENDPOINT_URL: await refusing(type, message) })).toEqual({ code: 3, out: "", err });
  });

  thoroughTest("no file, a file of something else, no system and no network are one sentence each", async () => {
    writeFileSync(join(root, "other.json"), "{}");
    writeFileSync(join(root, "half.json"), '{"image-pipeline-dev":{"SourceBucketName":"b"}}');
    const nobody = "http://127.0.0.1:9";
    const endpoints = { s3: nobody, dynamodb: nobody, lambda: nobody, sqs: nobody };
    const gone = { ...environment, local: { endpoints, credentials: { accessKeyId: "a", secretAccessKey: "b" } } };
    writeFileSync(join(root, "gone.json"), formatOutputs(gone, "image-pipeline-local"));
    const sentences = await Promise.all([
      list({}, "absent.json"),
      list({}, "other.json"),
      list({}, "half.json"),
      list({}, "gone.json"),
      list({ AWS_ENDPOINT_URL: "http://127.0.0.1:9" }),
      images(["list"]).exit,
      images(["list"], { SOURCE_BUCKET: "photos" }).exit,
    ]);
    expect(sentences.map(({ code, err }) => [code, err])).toEqual([
      [3, "absent.json does not exist: write it with cdktf deploy --outputs-file absent.json\n"],
      [3, "other.json must hold the outputs of one image pipeline, got those of none\n"],
      [3, "half.json must hold the output ProcessedBucketName: deploy again with --outputs-file\n"],
      [
        3,
        "The local system does not answer: start it with npm start, or name another environment with --outputs FILE\n",
      ],
      [3, "AWS cannot be reached in eu-central-1 (ECONNREFUSED): check the region and the network\n"],
      [3, expect.stringMatching(/^No environment is named: .*npm start\n$/)],
      [3, expect.stringMatching(/^The environment variables name a part .* set PROCESSED_BUCKET, .*AWS_REGION\n$/)],
    ]);
  });

  test("missing credentials are one sentence", async () => {
    const variables = { HOME: root, AWS_EC2_METADATA_DISABLED: "true" };
    const { code, err } = await images(["list", "--outputs", "deployed.json"], variables).exit;
    expect(code).toBe(3);
    expect(err).toMatch(/^No AWS credentials were found \(.*\): sign in, or set AWS_PROFILE\n$/);
  });
});
