import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import sharp from "sharp";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import { type RunningConsole, runConsole } from "../../support/running-console";
import { temporaryDirectory } from "../../support/temporary-directory";
import { waitUntil } from "../../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(30_000);

const root = temporaryDirectory();
let running: RunningConsole;

beforeAll(async () => {
  running = await runConsole({ directory: root });
});
afterAll(() => running.close());

/** `fetch` would normalize the path and set `Host` by itself. */
async function send(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const { hostname, port } = new URL(running.server.endpoint);
  const sent = request({ hostname, port, method, path, headers }).end(body);
  const [response] = await once(sent, "response");
  const { statusCode, headers: received } = response as { statusCode: number; headers: IncomingHttpHeaders };
  return { status: statusCode, headers: received, body: await text(response) };
}
const get = (path: string, headers?: Record<string, string>) => send("GET", path, headers);
const post = (body: string, headers?: Record<string, string>) => send("POST", "/api/uploads", headers, body);
const images = async () => JSON.parse((await get("/api/images")).body).images as ImageRecord[];

describe("the local console", () => {
  test("lets the page upload straight to S3, list the image and show its previews", async () => {
    const asked = await post(JSON.stringify({ userId: "alice", fileName: "süß a+b%.png" }));
    const { url, key } = JSON.parse(asked.body);
    expect(asked.status).toBe(201);
    expect(key).toBe("uploads/alice/süß a+b%.png");

    const photo = await sharp({ create: { width: 640, height: 480, channels: 3, background: "#123456" } })
      .png()
      .toBuffer();
    const stored = await fetch(url, { method: "PUT", body: photo, headers: { "Content-Type": "image/png" } });
    expect(stored.status).toBe(200);
    await waitUntil(async () => (await images())[0]?.processingStatus === "completed");

    const [image] = await images();
    expect(image).toMatchObject({ originalKey: key, userId: "alice" });
    const path = `/api/images/${image?.imageId}/previews`;
    const preview = await fetch(`${running.server.endpoint}${path}/thumbnail`);
    expect(preview.headers.get("content-type")).toBe("image/png");
    expect(await sharp(await preview.arrayBuffer()).metadata()).toMatchObject({ width: 150, height: 113 });
    expect((await get(`${path}/absent`)).status).toBe(404);
    expect((await get(`${path}/constructor`)).status).toBe(404);
    expect(running.troubles).toEqual([]);
  });

  test("serves the page under a policy that allows only its own files and the S3 endpoint", async () => {
    const page = await get("/");
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers["content-security-policy"]).toContain(`connect-src 'self' ${running.system.s3Endpoint}`);
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    expect(page.body).not.toMatch(/<script(?! type="module" src="\/main.js")|<style|\son\w+=/);
    for (const [path, type] of [
      ["/main.js", "text/javascript; charset=utf-8"],
      ["/thumbhash.js", "text/javascript; charset=utf-8"],
      ["/styles/page.css", "text/css; charset=utf-8"],
      ["/favicon.svg", "image/svg+xml"],
    ])
      expect((await get(path ?? "")).headers["content-type"]).toBe(type);
  });

  test.each([
    ["a foreign host", () => ({ host: "rebound.example" })],
    ["a foreign port", () => ({ host: "127.0.0.1:1" })],
    ["a foreign origin", () => ({ origin: "https://page.example" })],
    ["another port of this machine", () => ({ origin: "http://127.0.0.1:1" })],
    ["a sandboxed page", () => ({ origin: "null" })],
  ])("refuses %s", async (_, headers) => {
    for (const answer of [
      await get("/api/images", headers()),
      await post("{}", headers()),
      await get("/", headers()),
      await get("/api/events", headers()),
      await send("PUT", "/api/faults/time_limit", headers(), '{"uploads":1,"attempts":"first"}'),
      await send("DELETE", "/api/images/00000000-0000-0000-0000-000000000000", headers()),
      await send("OPTIONS", "/api/uploads", { ...headers(), "access-control-request-method": "POST" }),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  test("answers its own origin, also under the name localhost", async () => {
    const host = new URL(running.server.endpoint).host.replace("127.0.0.1", "localhost");
    expect((await get("/api/images", { host, origin: `http://${host}` })).status).toBe(200);
  });

  test.each([
    "/../../package.json",
    "/%2e%2e/package.json",
    "/index.html",
    "//main.js",
    "/styles/../index.html",
    "/api/images/../../package.json",
    "/api/images/00000000-0000-0000-0000-000000000000/previews/..%2f..%2fpackage.json",
    "/api/images/00000000-0000-0000-0000-000000000000/previews/small",
  ])("finds nothing at %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test.each([
    ["no JSON", "{", "the body must be JSON"],
    ...["null", "1", '"x"', "[]"].map((body) => [
      `${body} for an object`,
      body,
      `the body must be a JSON object with userId and fileName, got ${body}`,
    ]),
    ["no fields", "{}", "userId must be"],
    [
      "another user's folder",
      '{"userId":"a/../b","fileName":"x"}',
      'userId must be 1 to 64 letters, digits, - and _, got "a/../b"',
    ],
    ["a path", '{"userId":"a","fileName":"../x"}', 'only between folders, got "../x"'],
    ["a parent folder", '{"userId":"a","fileName":".."}', 'only between folders, got ".."'],
    ["a parent within a path", '{"userId":"a","fileName":"b/../x"}', 'only between folders, got "b/../x"'],
    ["an absolute path", '{"userId":"a","fileName":"/x"}', 'only between folders, got "/x"'],
    ["a folder", '{"userId":"a","fileName":"x/"}', 'only between folders, got "x/"'],
    ["a control character", '{"userId":"a","fileName":"x\\n"}', "only between folders, got"],
    ["too much", JSON.stringify({ userId: "a", fileName: "x".repeat(5000) }), "at most 4096 bytes"],
  ])("refuses an upload request with %s", async (_, body, sentence) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error).toContain(sentence);
  });

  test("has no other operations", async () => {
    expect((await send("DELETE", "/api/images")).status).toBe(405);
    expect((await send("OPTIONS", "/api/uploads")).status).toBe(405);
  });
});
