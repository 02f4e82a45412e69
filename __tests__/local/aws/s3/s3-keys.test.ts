import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Event } from "aws-lambda";
import fc from "fast-check";
import { runsOf } from "../../../support/thorough";
import { objectKeys } from "./object-keys";
import { startTestServer, type TestServer } from "./s3-test-server";

const decodeLikeForm = (text: string) => decodeURIComponent(text.replaceAll("+", " "));

describe("keys over the wire", () => {
  let server: TestServer;
  const events: S3Event[] = [];
  beforeAll(async () => {
    server = await startTestServer({
      buckets: [{ name: "photos", eventPrefix: "" }],
      onObjectCreated: async (event) => {
        events.push(event);
      },
    });
  });
  afterAll(() => server.remove());

  test("any key comes back from GET, the listing and the event", async () => {
    await fc.assert(
      fc.asyncProperty(objectKeys(), async (key) => {
        const object = { Bucket: "photos", Key: key };
        await server.client.send(new PutObjectCommand({ ...object, Body: key }));
        const got = await server.client.send(new GetObjectCommand(object));
        expect(await got.Body?.transformToString()).toBe(key);

        const list = (EncodingType?: "url") =>
          server.client.send(new ListObjectsV2Command({ Bucket: "photos", Prefix: key, EncodingType }));
        // The SDK's XML parser drops a text that is nothing but white space.
        if (key.trim() !== "") expect((await list()).Contents?.map(({ Key }) => Key)).toEqual([key]);
        expect((await list("url")).Contents?.map(({ Key = "" }) => decodeLikeForm(Key))).toEqual([key]);
        expect(decodeLikeForm(events.at(-1)?.Records[0]?.s3.object.key ?? "")).toBe(key);
        await server.client.send(new DeleteObjectCommand(object));
      }),
      runsOf(40),
    );
  });

  test("a DELETE under a condition spares what has replaced the object", async () => {
    const object = { Bucket: "photos", Key: "conditional" };
    const { ETag } = await server.client.send(new PutObjectCommand({ ...object, Body: "old" }));
    await server.client.send(new PutObjectCommand({ ...object, Body: "new" }));
    const remove = (IfMatch?: string) => server.client.send(new DeleteObjectCommand({ ...object, IfMatch }));
    await expect(remove(ETag)).rejects.toMatchObject({ name: "PreconditionFailed" });
    const { ETag: current } = await server.client.send(new GetObjectCommand(object));
    await remove(current);
    await expect(remove(current)).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("no key becomes a path", async () => {
    const keys = ["../../x", "..", ".", "/etc/passwd", "a\0b", "C:\\x", "d/".repeat(512), "-rf", "x".repeat(1024)];
    for (const key of keys) await server.client.send(new PutObjectCommand({ Bucket: "photos", Key: key, Body: key }));
    for (const key of keys) {
      const got = await server.client.send(new GetObjectCommand({ Bucket: "photos", Key: key }));
      expect(await got.Body?.transformToString()).toBe(key);
    }
    expect((await readdir(server.directory)).sort()).toEqual(["buckets", "sequencer", "unfinished"]);
    const files = await readdir(join(server.directory, "buckets"), { recursive: true });
    expect(files.filter((file) => !/^photos(\/[0-9a-f]{64})?$/.test(file))).toEqual([]);
  });

  test("a listing is in the order of UTF-8 bytes, page by page", async () => {
    const keys = ["order/a", "order/Z", "order/é", "order/\uffee", "order/🎉", "order/~"];
    for (const key of keys) await server.client.send(new PutObjectCommand({ Bucket: "photos", Key: key, Body: "x" }));
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await server.client.send(
        new ListObjectsV2Command({ Bucket: "photos", Prefix: "order/", MaxKeys: 1, ContinuationToken }),
      );
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found).toEqual(["order/Z", "order/a", "order/~", "order/é", "order/\uffee", "order/🎉"]);
  });

  test.each([
    [{ ContinuationToken: "no token" }, "continuation-token"],
    [{ ContinuationToken: Buffer.from("null").toString("base64url") }, "continuation-token"],
    [{ ContinuationToken: Buffer.from('{"key":1}').toString("base64url") }, "continuation-token"],
    [{ MaxKeys: -1 }, "max-keys"],
    [{ EncodingType: "xml" as "url" }, "encoding-type"],
  ])("a listing with %j is refused", async (input, named) => {
    await expect(server.client.send(new ListObjectsV2Command({ Bucket: "photos", ...input }))).rejects.toMatchObject({
      name: "InvalidArgument",
      message: expect.stringContaining(named),
    });
  });
});
