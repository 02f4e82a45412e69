import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { verifySignature } from "../../../../local/aws/http/signature-v4";
import { parseS3Request } from "../../../../local/aws/s3/s3-request";
import { ACCESS_KEY_ID, connect, SECRET_ACCESS_KEY, startTestServer, type TestServer } from "../s3/s3-test-server";

describe("verifySignature on the examples of the S3 documentation", () => {
  const policy = {
    service: "s3" as const,
    region: "us-east-1",
    credentials: { AKIAIOSFODNN7EXAMPLE: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
  };
  const nowMs = Date.parse("2013-05-24T00:00:00Z");
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const headers = {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-content-sha256": empty,
    "x-amz-date": "20130524T000000Z",
  };
  const authorization = (signedHeaders: string, signature: string) =>
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," +
    `SignedHeaders=${signedHeaders},Signature=${signature}`;

  test("GET with a range", () => {
    const request = parseS3Request("GET", "/test.txt", {
      ...headers,
      range: "bytes=0-9",
      authorization: authorization(
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      ),
    });
    expect(verifySignature(request, policy, nowMs)).toBe(empty);
  });

  test("PUT of a key with a character that is encoded", () => {
    const bodyHash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
    const request = parseS3Request("PUT", "/test%24file.text", {
      ...headers,
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-content-sha256": bodyHash,
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      authorization: authorization(
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      ),
    });
    expect(verifySignature(request, policy, nowMs)).toBe(bodyHash);
  });

  test("GET with parameters", () => {
    const request = parseS3Request("GET", "/?max-keys=2&prefix=J", {
      ...headers,
      authorization: authorization(
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
      ),
    });
    expect(verifySignature(request, policy, nowMs)).toBe(empty);
  });

  test("a presigned URL, until the second in which it expires", () => {
    const url =
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    const request = parseS3Request("GET", url, { host: headers.host });
    expect(verifySignature(request, policy, nowMs)).toBe("UNSIGNED-PAYLOAD");
    expect(verifySignature(request, policy, nowMs + 86_400_000)).toBe("UNSIGNED-PAYLOAD");
    expect(() => verifySignature(request, policy, nowMs + 86_400_001)).toThrow("Request has expired");
    expect(() => verifySignature(request, policy, nowMs - 900_001)).toThrow("Request is not valid yet");
  });
});

describe("the signatures that the server takes", () => {
  let server: TestServer;
  const photo = { Bucket: "photos", Key: "a" };
  beforeAll(async () => {
    server = await startTestServer();
    await server.client.send(new PutObjectCommand({ ...photo, Body: "x" }));
  });
  afterAll(() => server.remove());

  const refusalOf = async (answer: Response) => [answer.status, /<Code>(\w+)</.exec(await answer.text())?.[1]];
  const presign = (command: PutObjectCommand | GetObjectCommand, options = {}) =>
    getSignedUrl(server.client, command, { expiresIn: 60, ...options });

  test.each([
    [
      "another secret",
      { credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: "wrong" } },
      "SignatureDoesNotMatch",
    ],
    [
      "an unknown key id",
      { credentials: { accessKeyId: "nobody", secretAccessKey: SECRET_ACCESS_KEY } },
      "InvalidAccessKeyId",
    ],
    [
      "a key id that objects inherit",
      { credentials: { accessKeyId: "toString", secretAccessKey: "x" } },
      "InvalidAccessKeyId",
    ],
    ["another region", { region: "eu-central-1" }, "AuthorizationHeaderMalformed"],
    ["a clock that is an hour late", { systemClockOffset: -3_600_000 }, "RequestTimeTooSkewed"],
  ])("not with %s", async (_, config, name) => {
    const stranger = connect(server.endpoint, config);
    await expect(stranger.send(new PutObjectCommand({ ...photo, Body: "y" }))).rejects.toMatchObject({ name });
    stranger.destroy();
    const kept = await server.client.send(new GetObjectCommand(photo));
    expect(await kept.Body?.transformToString()).toBe("x");
  });

  test("not without one", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      expect(await refusalOf(await fetch(`${server.endpoint}/photos/a`, { method }))).toEqual([403, "AccessDenied"]);
    }
    const head = await fetch(`${server.endpoint}/photos/a`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([403, ""]);
  });

  test("not with one of the older kind", async () => {
    const answer = await fetch(`${server.endpoint}/photos/a`, { headers: { authorization: "AWS local:c2ln" } });
    expect(await refusalOf(answer)).toEqual([400, "InvalidRequest"]);
    const presigned = await fetch(`${server.endpoint}/photos/a?AWSAccessKeyId=local&Signature=c2ln&Expires=1`);
    expect(await refusalOf(presigned)).toEqual([400, "InvalidRequest"]);
  });

  test("not on a URL that has expired or was changed", async () => {
    const expired = await presign(new GetObjectCommand(photo), { signingDate: new Date(Date.now() - 3_600_000) });
    expect(await refusalOf(await fetch(expired))).toEqual([403, "AccessDenied"]);
    const url = await presign(new GetObjectCommand(photo));
    expect(await refusalOf(await fetch(url.replace("/photos/a", "/photos/b")))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await refusalOf(await fetch(url, { method: "PUT", body: "y" }))).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await refusalOf(await fetch(url.replace("Expires=60", "Expires=604801")))).toEqual([
      400,
      "AuthorizationQueryParametersError",
    ]);
  });

  test("not when a header was added after signing", async () => {
    const url = await presign(new PutObjectCommand(photo));
    const answer = await fetch(url, { method: "PUT", body: "y", headers: { "x-amz-meta-role": "admin" } });
    expect(await refusalOf(answer)).toEqual([403, "AccessDenied"]);
  });

  test("metadata in a presigned URL is kept, the checksum of an empty body in it is not held against the body", async () => {
    const url = await presign(new PutObjectCommand({ Bucket: "photos", Key: "meta", Metadata: { owner: "me" } }));
    expect(url).toContain("x-amz-checksum-crc32=AAAAAA%3D%3D");
    expect((await fetch(url, { method: "PUT", body: "not empty" })).status).toBe(200);
    const head = await server.client.send(new HeadObjectCommand({ Bucket: "photos", Key: "meta" }));
    expect(head.Metadata).toEqual({ owner: "me" });
  });
});
