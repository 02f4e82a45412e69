import * as S3 from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { startTestServer, type TestServer } from "./s3-test-server";

describe("what is outside the subset", () => {
  let server: TestServer;
  const photo = { Bucket: "photos", Key: "a" };
  beforeAll(async () => {
    server = await startTestServer();
    await server.client.send(new S3.PutObjectCommand({ ...photo, Body: "kept" }));
  });
  afterEach(async () => {
    const object = await server.client.send(new S3.GetObjectCommand(photo));
    expect(await object.Body?.transformToString()).toBe("kept");
  });
  afterAll(() => server.remove());

  test.each([
    ["CreateBucket", new S3.CreateBucketCommand({ Bucket: "more" }), "PUT of a bucket"],
    ["DeleteBucket", new S3.DeleteBucketCommand({ Bucket: "photos" }), "DELETE of a bucket"],
    ["ListBuckets", new S3.ListBucketsCommand({}), "GET of the service"],
    ["ListObjects, version 1", new S3.ListObjectsCommand({ Bucket: "photos" }), "GET of a bucket"],
    ["ListObjectVersions", new S3.ListObjectVersionsCommand({ Bucket: "photos" }), '"versions"'],
    [
      "PutBucketVersioning",
      new S3.PutBucketVersioningCommand({ Bucket: "photos", VersioningConfiguration: { Status: "Enabled" } }),
      '"versioning"',
    ],
    ["GetBucketCors", new S3.GetBucketCorsCommand({ Bucket: "photos" }), '"cors"'],
    [
      "DeleteObjects",
      new S3.DeleteObjectsCommand({ Bucket: "photos", Delete: { Objects: [{ Key: "a" }] } }),
      '"delete"',
    ],
    ["CreateMultipartUpload", new S3.CreateMultipartUploadCommand(photo), '"uploads"'],
    ["UploadPart", new S3.UploadPartCommand({ ...photo, UploadId: "u", PartNumber: 1, Body: "x" }), '"uploadId"'],
    ["CopyObject", new S3.CopyObjectCommand({ ...photo, CopySource: "photos/b" }), '"x-amz-copy-source"'],
    ["PutObjectTagging", new S3.PutObjectTaggingCommand({ ...photo, Tagging: { TagSet: [] } }), '"tagging"'],
    ["PutObjectAcl", new S3.PutObjectAclCommand({ ...photo, ACL: "private" }), '"acl"'],
    [
      "GetObjectAttributes",
      new S3.GetObjectAttributesCommand({ ...photo, ObjectAttributes: ["ETag"] }),
      '"attributes"',
    ],
    ["GetObject of a version", new S3.GetObjectCommand({ ...photo, VersionId: "v" }), '"versionId"'],
    ["GetObject of a part", new S3.GetObjectCommand({ ...photo, PartNumber: 1 }), '"partNumber"'],
    ["GetObject of several ranges", new S3.GetObjectCommand({ ...photo, Range: "bytes=0-1,3-4" }), "Range"],
    ["PutObject with tags", new S3.PutObjectCommand({ ...photo, Body: "x", Tagging: "a=1" }), '"x-amz-tagging"'],
    ["PutObject with an ACL", new S3.PutObjectCommand({ ...photo, Body: "x", ACL: "public-read" }), '"x-amz-acl"'],
    [
      "PutObject with encryption",
      new S3.PutObjectCommand({ ...photo, Body: "x", ServerSideEncryption: "aws:kms" }),
      '"x-amz-server-side-encryption"',
    ],
    ["PutObject unless an ETag", new S3.PutObjectCommand({ ...photo, Body: "x", IfNoneMatch: '"e"' }), "If-None-Match"],
    ["DeleteObject if a size", new S3.DeleteObjectCommand({ ...photo, IfMatchSize: 5 }), '"x-amz-if-match-size"'],
  ])("%s is refused by name", async (_, command, named) => {
    await expect(server.client.send(command as S3.GetObjectCommand)).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining(named),
      $metadata: { httpStatusCode: 501 },
    });
  });

  test("an upload form is refused", async () => {
    const answer = await fetch(`${server.endpoint}/photos`, { method: "POST", body: new FormData() });
    expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining("POST of a bucket")]);
  });

  test("a parameter that no one knows is refused, not ignored", async () => {
    const command = new S3.PutObjectCommand({ ...photo, Body: "x" });
    command.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { query: object }).query, { renameObject: "" });
        return next(args);
      },
      { step: "build" },
    );
    await expect(server.client.send(command)).rejects.toMatchObject({ name: "NotImplemented" });
  });

  test("a metadata header is understood, also when its URL was presigned with it", async () => {
    const command = new S3.PutObjectCommand({ Bucket: "photos", Key: "b", Metadata: { a: "1" } });
    const url = await getSignedUrl(server.client, command, { unhoistableHeaders: new Set(["x-amz-meta-a"]) });
    const answer = await fetch(url, { method: "PUT", body: "x", headers: { "x-amz-meta-a": "1" } });
    expect(answer.status).toBe(200);
  });

  test("paths that cannot be decoded are InvalidURI", async () => {
    for (const path of ["/photos/%ff", "/photos/%", "/photos?prefix=%zz"]) {
      const answer = await fetch(`${server.endpoint}${path}`);
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("<Code>InvalidURI</Code>")]);
    }
  });

  test("HeadBucket and GetBucketLocation tell the region", async () => {
    const head = await server.client.send(new S3.HeadBucketCommand({ Bucket: "photos" }));
    expect(head.BucketRegion).toBe("us-east-1");
    await server.client.send(new S3.GetBucketLocationCommand({ Bucket: "photos" }));
  });
});
