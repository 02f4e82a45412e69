import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { waitUntil } from "../../../support/wait-until";
import { startTestServer, type TestServer } from "./s3-test-server";

const REMOVAL_DEADLINE_MS = 5000;

describe("uploads", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterEach(async () => {
    const unfinished = join(server.directory, "unfinished");
    await waitUntil(async () => (await readdir(unfinished)).length === 0, REMOVAL_DEADLINE_MS);
  });
  afterAll(() => server.remove());

  const put = (input: Omit<PutObjectCommandInput, "Bucket">) =>
    server.client.send(new PutObjectCommand({ Bucket: "photos", ...input }));
  const get = (Key: string) =>
    server.client.send(new GetObjectCommand({ Bucket: "photos", Key, ChecksumMode: "ENABLED" }));
  const isMissing = (key: string) => expect(get(key)).rejects.toMatchObject({ name: "NoSuchKey" });
  const presign = (key: string) => getSignedUrl(server.client, new PutObjectCommand({ Bucket: "photos", Key: key }));

  /** Sends exactly these headers and bytes under a good signature. */
  const putSigned = (key: string, headers: Record<string, string>, body: string) => {
    const command = new PutObjectCommand({ Bucket: "photos", Key: key });
    command.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string>; body: unknown };
        for (const name of Object.keys(request.headers)) if (name.includes("checksum")) delete request.headers[name];
        Object.assign(request.headers, { "content-length": String(Buffer.byteLength(body)) }, headers);
        request.body = body;
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    return server.client.send(command);
  };

  describe("checksums", () => {
    const bytes = Buffer.from("123456789");
    // The check values of the catalogue of CRC algorithms, and the digests of the same nine bytes.
    const checksums = {
      CRC32: "y/Q5Jg==",
      CRC32C: "4waSgw==",
      CRC64NVME: "rosUhgp5mIg=",
      SHA1: createHash("sha1").update(bytes).digest("base64"),
      SHA256: createHash("sha256").update(bytes).digest("base64"),
    };

    test.each(Object.entries(checksums))("%s in a header is kept and returned", async (algorithm, value) => {
      const stored = await put({ Key: algorithm, Body: bytes, [`Checksum${algorithm}`]: value });
      expect(stored).toMatchObject({ [`Checksum${algorithm}`]: value, ChecksumType: "FULL_OBJECT" });
      expect(await get(algorithm)).toMatchObject({ [`Checksum${algorithm}`]: value });
    });

    test.each(Object.keys(checksums))("%s in a trailer is that of the SDK", async (algorithm) => {
      const body = randomBytes(100_000);
      await put({
        Key: `trailer/${algorithm}`,
        Body: Readable.from([body.subarray(0, 33_333), body.subarray(33_333)]),
        ContentLength: body.length,
        ChecksumAlgorithm: algorithm as "CRC32",
      });
      const object = await get(`trailer/${algorithm}`);
      expect(object).toHaveProperty(`Checksum${algorithm}`);
      expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    });

    test("without one, CRC-64/NVME is computed", async () => {
      expect((await fetch(await presign("none"), { method: "PUT", body: bytes })).status).toBe(200);
      expect(await get("none")).toMatchObject({ ChecksumCRC64NVME: checksums.CRC64NVME });
    });

    test.each(Object.keys(checksums))("a wrong %s is BadDigest and stores nothing", async (algorithm) => {
      const wrong = Buffer.alloc(Buffer.from(checksums[algorithm as "CRC32"], "base64").length).toString("base64");
      await expect(put({ Key: "bad", Body: bytes, [`Checksum${algorithm}`]: wrong })).rejects.toMatchObject({
        name: "BadDigest",
        $metadata: { httpStatusCode: 400 },
      });
      await isMissing("bad");
    });

    test("a checksum that is none is InvalidRequest", async () => {
      await expect(put({ Key: "bad", Body: bytes, ChecksumCRC32: "?" })).rejects.toMatchObject({
        name: "InvalidRequest",
      });
      await isMissing("bad");
    });

    test("two checksums are InvalidRequest", async () => {
      const headers = { "x-amz-checksum-crc32": checksums.CRC32, "x-amz-checksum-sha1": checksums.SHA1 };
      await expect(putSigned("bad", headers, "123456789")).rejects.toMatchObject({ name: "InvalidRequest" });
    });

    test("Content-MD5 is verified", async () => {
      const ContentMD5 = createHash("md5").update(bytes).digest("base64");
      await put({ Key: "md5", Body: bytes, ContentMD5 });
      await expect(put({ Key: "bad", Body: "other", ContentMD5 })).rejects.toMatchObject({ name: "BadDigest" });
      await expect(put({ Key: "bad", Body: "x", ContentMD5: "AAAA" })).rejects.toMatchObject({ name: "InvalidDigest" });
      await isMissing("bad");
    });

    test("the signed hash of the body is verified", async () => {
      const headers = { "x-amz-content-sha256": createHash("sha256").update("other").digest("hex") };
      await expect(putSigned("bad", headers, "body")).rejects.toMatchObject({ name: "XAmzContentSHA256Mismatch" });
      await isMissing("bad");
    });
  });

  describe("aws-chunked bodies", () => {
    const chunked = (decodedLength: number, trailer?: string) => ({
      "content-encoding": "gzip,aws-chunked",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "x-amz-decoded-content-length": String(decodedLength),
      ...(trailer && { "x-amz-trailer": trailer, "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" }),
    });
    const signature = `;chunk-signature=${"ab".repeat(32)}`;

    test("signed chunks are decoded, and only the encoding of the object stays", async () => {
      await putSigned("signed", chunked(5), `3${signature}\r\nhel\r\n2${signature}\r\nlo\r\n0${signature}\r\n\r\n`);
      const object = await get("signed");
      expect(await object.Body?.transformToString()).toBe("hello");
      expect(object.ContentEncoding).toBe("gzip");
    });

    test.each([
      [
        "a wrong trailer",
        chunked(5, "x-amz-checksum-crc32"),
        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
        "BadDigest",
      ],
      [
        "no trailer though one was announced",
        chunked(5, "x-amz-checksum-crc32"),
        "5\r\nhello\r\n0\r\n\r\n",
        "MalformedTrailerError",
      ],
      ["a trailer of an unknown kind", chunked(5, "x-amz-checksum-md4"), "5\r\nhello\r\n0\r\n\r\n", "NotImplemented"],
      ["fewer bytes than declared", chunked(6), "5\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
      ["more bytes than declared", chunked(4), "5\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
      ["no last chunk", chunked(5), "5\r\nhello\r\n", "IncompleteBody"],
      ["no framing", chunked(5), "hello", "IncompleteBody"],
      [
        "no decoded length",
        { ...chunked(5), "x-amz-decoded-content-length": "" },
        "5\r\nhello\r\n0\r\n\r\n",
        "InvalidArgument",
      ],
      ["an unknown payload signature", { "x-amz-content-sha256": "STREAMING-X" }, "x", "NotImplemented"],
    ])("%s: refused, and nothing is stored", async (_, headers, body, name) => {
      await expect(putSigned("bad", headers as Record<string, string>, body)).rejects.toMatchObject({ name });
      await isMissing("bad");
    });
  });

  describe("limits", () => {
    test("a body beyond 5 GiB is refused before it is sent", async () => {
      const url = new URL(await presign("huge"));
      const request = httpRequest(url, { method: "PUT", headers: { "content-length": String(5 * 1024 ** 3 + 1) } });
      request.on("error", () => {});
      request.flushHeaders();
      const [answer] = await once(request, "response");
      const text = Buffer.concat(await answer.toArray()).toString();
      expect([answer.statusCode, text]).toEqual([400, expect.stringContaining("<Code>EntityTooLarge</Code>")]);
      request.destroy();
    });

    test("a body of unknown length is MissingContentLength", async () => {
      const url = new URL(await presign("unknown"));
      const request = httpRequest(url, { method: "PUT", headers: { "transfer-encoding": "chunked" } });
      request.end("x");
      const [answer] = await once(request, "response");
      expect(answer.statusCode).toBe(411);
      answer.resume();
      await isMissing("unknown");
    });

    test("a key of 1024 bytes is a key, one of 1025 is KeyTooLongError", async () => {
      const key = `${"é".repeat(511)}ab`;
      await put({ Key: key, Body: "x" });
      expect(await (await get(key)).Body?.transformToString()).toBe("x");
      await expect(put({ Key: `${key}c`, Body: "x" })).rejects.toMatchObject({ name: "KeyTooLongError" });
    });

    test("2 KB of metadata are kept, more are MetadataTooLarge", async () => {
      await put({ Key: "metadata", Body: "x", Metadata: { a: "b".repeat(2047) } });
      expect((await get("metadata")).Metadata?.a).toHaveLength(2047);
      await expect(put({ Key: "bad", Body: "x", Metadata: { a: "b".repeat(2048) } })).rejects.toMatchObject({
        name: "MetadataTooLarge",
      });
    });
  });

  test("a client that goes away in the middle leaves nothing", async () => {
    const url = new URL(await presign("aborted"));
    const request = httpRequest(url, { method: "PUT", headers: { "content-length": "1000000" } });
    request.on("error", () => {});
    request.write(randomBytes(300_000));
    const unfinished = join(server.directory, "unfinished");
    await waitUntil(async () => (await readdir(unfinished)).length === 1, REMOVAL_DEADLINE_MS);
    request.destroy();
    await waitUntil(async () => (await readdir(unfinished)).length === 0, REMOVAL_DEADLINE_MS);
    await isMissing("aborted");
  });

  test("a refusal reaches a client that is still sending, and its connection stays good", async () => {
    const body = randomBytes(3_000_000);
    const headers = {
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "9",
    };
    await expect(putSigned("bad", headers, body.toString("latin1"))).rejects.toMatchObject({ name: "InvalidRequest" });
    await put({ Key: "after", Body: "x" });
  });
});
