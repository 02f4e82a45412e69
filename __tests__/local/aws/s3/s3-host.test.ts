import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { connect, startTestServer, type TestServer } from "./s3-test-server";

describe("the host that a request names", () => {
  let server: TestServer;
  beforeAll(async () => {
    const corsRules = [{ allowedOrigins: ["*"], allowedMethods: ["PUT", "GET"] }];
    server = await startTestServer({ buckets: [{ name: "photos", corsRules }] });
  });
  afterAll(() => server.remove());

  /** `fetch` would look the host up, and set `Host` by itself. */
  async function send(method: string, url: URL, headers: Record<string, string> = {}) {
    const path = url.pathname + url.search;
    const sent = request({
      host: "127.0.0.1",
      port: server.port,
      method,
      path,
      headers: { host: url.host, ...headers },
    });
    const [response] = (await once(sent.end(), "response")) as [IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  const signed = async (endpoint: string) => {
    const client = connect(endpoint);
    const url = await getSignedUrl(client, new DeleteObjectCommand({ Bucket: "photos", Key: "kept" }));
    client.destroy();
    return new URL(url);
  };

  test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0", "[::1]", "10.0.0.1"])(
    "is refused when it is %s, even under a good signature",
    async (name) => {
      await server.client.send(new PutObjectCommand({ Bucket: "photos", Key: "kept", Body: "x" }));
      const answer = await send("DELETE", await signed(`http://${name}:${server.port}`));
      expect(answer.status).toBe(403);
      expect(answer.headers["content-type"]).toBe("application/xml");
      expect(answer.body).toContain("<Error><Code>AccessDenied</Code>");
      await server.client.send(new GetObjectCommand({ Bucket: "photos", Key: "kept" }));
    },
  );

  test("is refused to the preflight of a rebound page", async () => {
    const answer = await send("OPTIONS", new URL(`http://evil.example:${server.port}/photos/kept`), {
      origin: `http://evil.example:${server.port}`,
      "access-control-request-method": "PUT",
    });
    expect(answer.status).toBe(403);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  // Another port: that of a proxy, which must keep the host that was signed.
  test.each(["127.0.0.1", "localhost"])("may be %s, at any port", async (name) => {
    for (const port of [server.port, 1]) {
      expect((await send("DELETE", await signed(`http://${name}:${port}`))).status).toBe(204);
    }
  });

  test("may be localhost in a presigned URL that a page uses", async () => {
    const client = connect(`http://localhost:${server.port}`);
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: "photos", Key: "a" }));
    client.destroy();
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(200);
  });
});
