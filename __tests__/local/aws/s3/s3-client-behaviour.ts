import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

/** Keys that trip servers which decode, normalize or escape carelessly. */
export const ODD_KEYS = [
  "odd/my file (1).png",
  "odd/a+b.png",
  "odd/süß-日本-🎉.jpg",
  "odd/per%20cent%.txt",
  "odd/amp&<q>'\".txt",
  "odd/a//b",
  "odd/folder/",
  "odd/tilde~=;,@$!*",
  "odd/?query#fragment",
];

/**
 * What the SDK and any HTTP client must find, whoever the server is. Run against this project's server and, where it is
 * installed, against an independent one, which shows that the expectations themselves are right.
 */
export function describeClientBehaviour(
  connection: () => { readonly client: S3Client; readonly bucket: string },
): void {
  const put = (input: Omit<PutObjectCommandInput, "Bucket">) =>
    connection().client.send(new PutObjectCommand({ Bucket: connection().bucket, ...input }));
  const get = (input: Omit<GetObjectCommandInput, "Bucket">) =>
    connection().client.send(new GetObjectCommand({ Bucket: connection().bucket, ...input }));
  const read = async (input: Omit<GetObjectCommandInput, "Bucket">) =>
    Buffer.from((await (await get(input)).Body?.transformToByteArray()) ?? []);

  describe("objects", () => {
    test("a buffer comes back with its type, metadata and ETag", async () => {
      const body = randomBytes(70_000);
      const stored = await put({
        Key: "buffer",
        Body: body,
        ContentType: "image/png",
        CacheControl: "max-age=60",
        Metadata: { owner: "me", "x-y": "z 1" },
      });
      expect(stored.ETag).toBe(`"${createHash("md5").update(body).digest("hex")}"`);

      const object = await get({ Key: "buffer" });
      expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
      expect(object).toMatchObject({
        ContentType: "image/png",
        CacheControl: "max-age=60",
        ContentLength: 70_000,
        Metadata: { owner: "me", "x-y": "z 1" },
        ETag: stored.ETag,
      });
      const head = await connection().client.send(
        new HeadObjectCommand({ Bucket: connection().bucket, Key: "buffer" }),
      );
      expect(head).toMatchObject({ ContentLength: 70_000, ContentType: "image/png", ETag: stored.ETag });
    });

    test("a stream, sent in aws-chunked encoding, is stored without its framing", async () => {
      const body = randomBytes(150_000);
      const pieces = [body.subarray(0, 70_000), body.subarray(70_000, 70_001), body.subarray(70_001)];
      await put({ Key: "stream", Body: Readable.from(pieces), ContentLength: body.length, ContentType: "image/webp" });
      const object = await get({ Key: "stream" });
      expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
      expect(object.ContentType).toBe("image/webp");
      expect(object.ContentEncoding ?? "").not.toContain("aws-chunked");
    });

    test("an empty body is an object", async () => {
      await put({ Key: "empty", Body: Buffer.alloc(0) });
      expect(await read({ Key: "empty" })).toHaveLength(0);
    });

    test("the last PUT wins", async () => {
      await put({ Key: "twice", Body: "first", Metadata: { round: "1" } });
      await put({ Key: "twice", Body: "second" });
      const object = await get({ Key: "twice" });
      expect(await object.Body?.transformToString()).toBe("second");
      expect(object.Metadata).toEqual({});
    });

    test("what was deleted is gone, and deleting it again succeeds", async () => {
      const { client, bucket } = connection();
      await put({ Key: "deleted", Body: "x" });
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: "deleted" }));
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: "deleted" }));
      await expect(get({ Key: "deleted" })).rejects.toMatchObject({ name: "NoSuchKey" });
      await expect(client.send(new HeadObjectCommand({ Bucket: bucket, Key: "deleted" }))).rejects.toMatchObject({
        name: "NotFound",
      });
    });

    test.each(ODD_KEYS)("the key %j keeps its name", async (key) => {
      await put({ Key: key, Body: key });
      expect((await read({ Key: key })).toString()).toBe(key);
      const { client, bucket } = connection();
      const list = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
      expect(list.Contents?.map((object) => object.Key)).toContain(key);
    });

    test("fifty PUTs at once are fifty objects", async () => {
      await Promise.all(Array.from({ length: 50 }, (_, n) => put({ Key: `many/${n}`, Body: Buffer.alloc(20_000, n) })));
      const { client, bucket } = connection();
      const list = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "many/" }));
      expect(list.KeyCount).toBe(50);
    });
  });

  describe("ranges and conditions", () => {
    const body = randomBytes(1000);
    let eTag: string | undefined;
    beforeAll(async () => {
      eTag = (await put({ Key: "ranged", Body: body })).ETag;
    });

    test.each([
      ["bytes=100-199", 100, 199],
      ["bytes=990-", 990, 999],
      ["bytes=-10", 990, 999],
      ["bytes=0-5000", 0, 999],
    ])("%s", async (range, first, last) => {
      const object = await get({ Key: "ranged", Range: range });
      expect(object.$metadata.httpStatusCode).toBe(206);
      expect(object.ContentRange).toBe(`bytes ${first}-${last}/1000`);
      const bytes = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
      expect(bytes.equals(body.subarray(first, last + 1))).toBe(true);
    });

    test("a range behind the end is InvalidRange", async () => {
      await expect(get({ Key: "ranged", Range: "bytes=1000-" })).rejects.toMatchObject({ name: "InvalidRange" });
    });

    test("If-None-Match and If-Modified-Since answer 304 while the copy is good", async () => {
      const notModified = { $metadata: { httpStatusCode: 304 } };
      await expect(get({ Key: "ranged", IfNoneMatch: eTag })).rejects.toMatchObject(notModified);
      const since = new Date(Date.now() + 60_000);
      await expect(get({ Key: "ranged", IfModifiedSince: since })).rejects.toMatchObject(notModified);
      expect(await read({ Key: "ranged", IfNoneMatch: '"other"' })).toHaveLength(1000);
      expect(await read({ Key: "ranged", IfModifiedSince: new Date(0) })).toHaveLength(1000);
    });

    test("If-Match answers 412 for another ETag", async () => {
      expect(await read({ Key: "ranged", IfMatch: eTag })).toHaveLength(1000);
      await expect(get({ Key: "ranged", IfMatch: '"other"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
    });

    test("PUT with If-None-Match * creates once", async () => {
      await put({ Key: "create-once", Body: "1", IfNoneMatch: "*" });
      await expect(put({ Key: "create-once", Body: "2", IfNoneMatch: "*" })).rejects.toMatchObject({
        name: "PreconditionFailed",
      });
      expect((await read({ Key: "create-once" })).toString()).toBe("1");
    });

    test("PUT with If-Match replaces only that object", async () => {
      const first = await put({ Key: "replace", Body: "1" });
      await expect(put({ Key: "replace", Body: "2", IfMatch: '"other"' })).rejects.toMatchObject({
        name: "PreconditionFailed",
      });
      await put({ Key: "replace", Body: "3", IfMatch: first.ETag });
      expect((await read({ Key: "replace" })).toString()).toBe("3");
    });
  });

  describe("listings", () => {
    const keys = ["l/a", "l/b/1", "l/b/2", "l/c", "l/d/1", "l/e"];
    beforeAll(async () => {
      for (const key of keys) await put({ Key: key, Body: key });
    });
    const list = (input: Record<string, unknown>) =>
      connection().client.send(new ListObjectsV2Command({ Bucket: connection().bucket, ...input }));

    test("a prefix selects", async () => {
      const page = await list({ Prefix: "l/" });
      expect(page.Contents?.map(({ Key }) => Key)).toEqual(keys);
      expect(page.IsTruncated).toBe(false);
      expect(page.Contents?.[1]).toMatchObject({ Size: 5, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
    });

    test("a delimiter groups, and pages of two cover everything once", async () => {
      const found: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await list({ Prefix: "l/", Delimiter: "/", MaxKeys: 2, ContinuationToken });
        expect(page.KeyCount).toBeLessThanOrEqual(2);
        found.push(...(page.Contents ?? []).map(({ Key }) => Key));
        found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      expect(found.sort()).toEqual(["l/a", "l/b/", "l/c", "l/d/", "l/e"]);
    });

    test("StartAfter skips", async () => {
      const page = await list({ Prefix: "l/", StartAfter: "l/c" });
      expect(page.Contents?.map(({ Key }) => Key)).toEqual(["l/d/1", "l/e"]);
    });

    test("a bucket that is not there is NoSuchBucket", async () => {
      await expect(list({ Bucket: "not-there" })).rejects.toMatchObject({ name: "NoSuchBucket" });
      const { client, bucket } = connection();
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
    });
  });

  describe("presigned URLs", () => {
    const presign = (command: PutObjectCommand | GetObjectCommand) =>
      getSignedUrl(connection().client, command, { expiresIn: 60 });

    test.each(["pre/plain.png", "pre/my file+日本 🎉.jpg", "pre/a'b!*(c).txt"])("PUT to %j", async (key) => {
      const { bucket } = connection();
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: "image/png" });
      const answer = await fetch(await presign(command), {
        method: "PUT",
        body: "PNGDATA",
        headers: { "content-type": "image/png" },
      });
      expect([answer.status, await answer.text()]).toEqual([200, ""]);
      const object = await get({ Key: key });
      expect(await object.Body?.transformToString()).toBe("PNGDATA");
      expect(object.ContentType).toBe("image/png");
    });

    test("GET", async () => {
      await put({ Key: "pre/get", Body: "x" });
      const answer = await fetch(await presign(new GetObjectCommand({ Bucket: connection().bucket, Key: "pre/get" })));
      expect([answer.status, await answer.text()]).toEqual([200, "x"]);
    });
  });
}
