import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { corsHeaders } from "../../../../local/aws/s3/cors";
import { startTestServer, type TestServer } from "./s3-test-server";

const PAGE = "http://localhost:3000";

describe("corsHeaders", () => {
  const rule = { allowedOrigins: ["https://*.example.com"], allowedMethods: ["PUT"], allowedHeaders: ["x-amz-*"] };

  test.each([
    ["https://app.example.com", "PUT", "X-Amz-Meta-A", true],
    ["https://app.example.com", "PUT", undefined, true],
    ["https://app.example.com", "GET", undefined, false],
    ["https://app.example.com.evil.com", "PUT", undefined, false],
    ["https://appXexample.com", "PUT", undefined, false],
    ["https://app.example.com", "PUT", "x-amz-meta-a, authorization", false],
  ])("%s %s with %s: %s", (origin, method, requested, allowed) => {
    expect(corsHeaders([rule], origin, method, requested) !== undefined).toBe(allowed);
  });

  test.each([
    ["http://localhost:3000", true],
    ["http://127.0.0.1:5173", true],
    ["https://localhost:3000", false],
    ["http://localhost.evil.example:3000", false],
    ["http://evil.example:3000", false],
    ["null", false],
  ])("a wildcard stands for the port: %s is %s", (origin, allowed) => {
    const local = { allowedOrigins: ["http://localhost:*", "http://127.0.0.1:*"], allowedMethods: ["PUT"] };
    expect(corsHeaders([local], origin, "PUT")?.["Access-Control-Allow-Origin"]).toBe(allowed ? origin : undefined);
  });

  test("the first rule that allows a request answers it", () => {
    const rules = [rule, { allowedOrigins: ["*"], allowedMethods: ["GET"], exposeHeaders: ["ETag"], maxAgeSeconds: 5 }];
    expect(corsHeaders(rules, PAGE, "GET")).toMatchObject({
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "ETag",
      "Access-Control-Max-Age": "5",
    });
    expect(corsHeaders(rules, "https://a.example.com", "PUT")).toMatchObject({
      "Access-Control-Allow-Origin": "https://a.example.com",
      "Access-Control-Allow-Credentials": "true",
    });
  });
});

describe("a page of another origin", () => {
  let server: TestServer;
  beforeAll(async () => {
    const rule = {
      allowedOrigins: [PAGE],
      allowedMethods: ["PUT", "GET"],
      allowedHeaders: ["*"],
      exposeHeaders: ["ETag"],
    };
    server = await startTestServer({ buckets: [{ name: "photos", corsRules: [rule] }, { name: "closed" }] });
  });
  afterAll(() => server.remove());

  const preflight = (url: string, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: "OPTIONS",
      headers: {
        origin: PAGE,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "content-type",
        ...headers,
      },
    });

  test("puts to a presigned URL after its preflight", async () => {
    const url = await getSignedUrl(server.client, new PutObjectCommand({ Bucket: "photos", Key: "a" }));
    const allowed = await preflight(url);
    expect(allowed.status).toBe(200);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      "access-control-allow-origin": PAGE,
      "access-control-allow-methods": "PUT, GET",
      "access-control-allow-headers": "content-type",
    });
    const answer = await fetch(url, { method: "PUT", body: "x", headers: { origin: PAGE } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(answer.headers.get("access-control-expose-headers")).toBe("ETag");
  });

  test("may read why it was refused", async () => {
    const url = await getSignedUrl(server.client, new GetObjectCommand({ Bucket: "photos", Key: "missing" }));
    const answer = await fetch(url, { headers: { origin: PAGE } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
  });

  test.each([
    ["another origin", "photos", { origin: "http://evil.example" }, 403],
    ["another method", "photos", { "access-control-request-method": "DELETE" }, 403],
    ["a bucket without rules", "closed", {}, 403],
    ["a bucket that is not there", "missing", {}, 404],
    ["a request that is no preflight", "photos", { origin: "" }, 400],
  ])("is refused for %s", async (_, bucket, headers, status) => {
    const answer = await preflight(`${server.endpoint}/${bucket}/a`, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    await answer.text();
  });
});
