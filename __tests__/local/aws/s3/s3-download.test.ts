import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { startTestServer, type TestServer } from "./s3-test-server";

describe("downloads", () => {
  let server: TestServer;
  const photo = { Bucket: "photos", Key: "a" };
  beforeAll(async () => {
    server = await startTestServer();
    await server.client.send(new PutObjectCommand({ ...photo, Body: "0123456789", ContentType: "image/png" }));
    await server.client.send(new PutObjectCommand({ Bucket: "photos", Key: "empty", Body: Buffer.alloc(0) }));
  });
  afterAll(() => server.remove());

  const fetchSigned = async (command: GetObjectCommand, init: RequestInit = {}) =>
    fetch(await getSignedUrl(server.client, command), init);

  test("response-* parameters of a presigned URL replace what was stored", async () => {
    const answer = await fetchSigned(
      new GetObjectCommand({
        ...photo,
        ResponseCacheControl: "no-store",
        ResponseContentDisposition: 'attachment; filename="q.png"',
        ResponseContentEncoding: "identity",
        ResponseContentLanguage: "de",
        ResponseContentType: "text/plain",
        ResponseExpires: new Date(0),
      }),
    );
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "cache-control": "no-store",
      "content-disposition": 'attachment; filename="q.png"',
      "content-encoding": "identity",
      "content-language": "de",
      "content-type": "text/plain",
      expires: "Thu, 01 Jan 1970 00:00:00 GMT",
    });
    expect(await answer.text()).toBe("0123456789");
  });

  test.each(["a\r\nSet-Cookie: b", "日本"])(
    "a response-* parameter that is no header value (%j) is refused",
    async (text) => {
      const answer = await fetchSigned(new GetObjectCommand({ ...photo, ResponseContentDisposition: text }));
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("InvalidArgument")]);
    },
  );

  test.each([
    ["bytes=5-2", 200, "0123456789"],
    ["bytes=x", 200, "0123456789"],
    ["lines=1-2", 200, "0123456789"],
    ["bytes=-99", 206, "0123456789"],
    ["bytes=9-", 206, "9"],
  ])("Range %s: %s", async (range, status, body) => {
    const answer = await fetchSigned(new GetObjectCommand(photo), { headers: { range } });
    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });

  test.each([
    ["a", "bytes=-0"],
    ["a", "bytes=10-"],
    ["empty", "bytes=0-"],
    ["empty", "bytes=-1"],
  ])("%s has no %s", async (Key, range) => {
    const answer = await fetchSigned(new GetObjectCommand({ Bucket: "photos", Key }), { headers: { range } });
    expect([answer.status, await answer.text()]).toEqual([416, expect.stringContaining("<ActualObjectSize>")]);
  });

  test("a range goes only with the ETag of If-Range", async () => {
    const command = new GetObjectCommand(photo);
    const eTag = (await fetchSigned(command)).headers.get("etag") ?? "";
    const good = await fetchSigned(command, { headers: { range: "bytes=0-0", "if-range": eTag } });
    expect(await good.text()).toBe("0");
    const stale = await fetchSigned(command, { headers: { range: "bytes=0-0", "if-range": '"other"' } });
    expect(await stale.text()).toBe("0123456789");
  });

  test("the checksum of the whole does not go with a part", async () => {
    const part = await fetchSigned(new GetObjectCommand(photo), { headers: { range: "bytes=0-0" } });
    expect(part.headers.get("x-amz-checksum-crc32")).toBeNull();
    expect((await fetchSigned(new GetObjectCommand(photo))).headers.get("x-amz-checksum-crc32")).not.toBeNull();
  });

  test("If-Unmodified-Since", async () => {
    const since = (timeMs: number) => ({ headers: { "if-unmodified-since": new Date(timeMs).toUTCString() } });
    expect((await fetchSigned(new GetObjectCommand(photo), since(0))).status).toBe(412);
    expect((await fetchSigned(new GetObjectCommand(photo), since(Date.now() + 60_000))).status).toBe(200);
  });

  test("a refusal is an XML document that names the key", async () => {
    const answer = await fetchSigned(new GetObjectCommand({ Bucket: "photos", Key: "<missing>" }));
    expect(answer.headers.get("content-type")).toBe("application/xml");
    expect(await answer.text()).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code>.*<Key>&lt;missing&gt;<\/Key>.*<\/Error>$/,
    );
  });
});
