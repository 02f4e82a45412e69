import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { plain } from "../../../checks/images/pictures";
import type { JournalEntry } from "../../../console/server/wire";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import { type RunningConsole, runConsole } from "../../support/running-console";
import { temporaryDirectory } from "../../support/temporary-directory";
import { thoroughTest } from "../../support/thorough";
import { waitUntil } from "../../support/wait-until";

jest.setTimeout(90_000);

const directory = temporaryDirectory();
let running: RunningConsole;

beforeAll(async () => {
  running = await runConsole({ directory, timeScale: 0.05, environment: { LAMBDA_TIMEOUT_S: "120" } });
});
afterAll(() => running.close());

/** What the console answers, all kinds together. */
interface Answer {
  readonly url: string;
  readonly images: readonly ImageRecord[];
  readonly record: ImageRecord;
  readonly original: object;
  readonly journal: readonly JournalEntry[];
  readonly waiting: number;
  readonly letters: readonly { readonly messageId: string; readonly images: readonly { imageId: string }[] }[];
  readonly replayed: number;
  readonly error: string;
}

async function call(method: string, path: string, body?: object) {
  const response = await fetch(running.server.endpoint + path, { method, body: body && JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Answer };
}

async function upload(userId: string, fileName = "photo.jpg", bytes?: Buffer): Promise<void> {
  const { body } = await call("POST", "/api/uploads", { userId, fileName });
  await fetch(body.url, { method: "PUT", body: new Uint8Array(bytes ?? (await plain(64, 48).jpeg().toBuffer())) });
}

const imagesOf = async (userId: string): Promise<readonly ImageRecord[]> =>
  (await call("GET", `/api/images?user=${userId}`)).body.images;

async function uploaded(userId: string, state: string, fileName?: string, bytes?: Buffer): Promise<ImageRecord> {
  await upload(userId, fileName, bytes);
  await waitUntil(async () => (await imagesOf(userId))[0]?.processingStatus === state, 60_000);
  const [image] = await imagesOf(userId);
  if (!image) throw new Error("the image must be there");
  return image;
}

describe("the console's view of one image", () => {
  test("has the record, what the original is, and what happened", async () => {
    const { imageId } = await uploaded("carol", "completed");
    // The report of the invocation follows the commit.
    const journal = async (): Promise<readonly JournalEntry[]> =>
      (await call("GET", `/api/images/${imageId}`)).body.journal;
    await waitUntil(async () => (await journal()).some(({ kind }) => kind === "invocation"));
    const { body } = await call("GET", `/api/images/${imageId}`);
    expect(body.record).toMatchObject({ imageId, processingStatus: "completed" });
    expect(body.original).toEqual({ present: true, contentType: "image/jpeg" });
    expect((await journal()).some((entry) => entry.kind === "log" && entry.text.includes('"completed"'))).toBe(true);
    expect((await fetch(`${running.server.endpoint}/api/images/${imageId}/original`)).status).toBe(200);
  });

  test("hands no file to the browser that is no picture, whatever it calls itself", async () => {
    const page = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    const { imageId } = await uploaded("mallory", "failed", "<img src=x onerror=alert(1)>.svg", page);
    expect((await call("GET", `/api/images/${imageId}`)).body.original).toEqual({ present: true });
    expect((await call("GET", `/api/images/${imageId}/original`)).status).toBe(404);
  });

  test("takes a key full of path tricks for a name and nothing else", async () => {
    const { system } = running;
    const { region, credentials, s3Endpoint: endpoint, sourceBucket: Bucket } = system;
    const s3 = new S3Client({ region, credentials, endpoint, forcePathStyle: true });
    const Key = "uploads/peggy/../../../../../package.json";
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: await plain(64, 48).jpeg().toBuffer() }));
    s3.destroy();
    await waitUntil(async () => (await imagesOf("peggy"))[0]?.processingStatus === "completed");
    const [image] = await imagesOf("peggy");
    expect(image?.originalKey).toBe(Key);
    const original = await fetch(`${running.server.endpoint}/api/images/${image?.imageId}/original`);
    expect(original.headers.get("content-type")).toBe("image/jpeg");
    expect(original.headers.get("content-security-policy")).toContain("sandbox");
  });

  test("does not take a newer upload for the original of an older one", async () => {
    const { imageId } = await uploaded("dave", "completed");
    await upload("dave", "photo.jpg", await plain(32, 32).jpeg().toBuffer());
    await waitUntil(async () => (await imagesOf("dave")).length === 2);
    expect((await call("GET", `/api/images/${imageId}`)).body.original).toEqual({ present: false });
    expect((await call("GET", `/api/images/${imageId}/original`)).status).toBe(404);
  });
});

describe("the console's operations", () => {
  test("process an image again when forced", async () => {
    const image = await uploaded("erin", "completed");
    const path = `/api/images/${image.imageId}/reprocess`;
    expect(await call("POST", path, { force: false })).toEqual({
      status: 409,
      body: { error: "the image is completed: only force opens it again" },
    });
    expect((await call("POST", path, { force: true })).status).toBe(202);
    await waitUntil(async () => (await imagesOf("erin"))[0]?.attempts === 2);
    await waitUntil(async () => (await imagesOf("erin"))[0]?.processingStatus === "completed");
  });

  test("delete an image with everything that belongs to it", async () => {
    const { imageId } = await uploaded("frank", "completed");
    expect(await call("DELETE", `/api/images/${imageId}`)).toEqual({
      status: 200,
      body: { kind: "deleted", original: "deleted", previews: 3 },
    });
    expect(await imagesOf("frank")).toEqual([]);
    expect((await call("DELETE", `/api/images/${imageId}`)).status).toBe(404);
  });

  thoroughTest("show dead letters and replay the one that is meant", async () => {
    await call("PUT", "/api/faults/out_of_memory", { uploads: 2, attempts: "every" });
    const [first, second] = await Promise.all([uploaded("grace", "failed"), uploaded("heidi", "failed")]);
    await waitUntil(async () => (await call("GET", "/api/queue")).body.waiting === 2, 60_000);
    const { letters } = (await call("GET", "/api/queue")).body;
    const letter = letters.find(({ images }) => images[0]?.imageId === first.imageId);
    if (!letter) throw new Error("the dead letter must be listed");
    expect(letter).toMatchObject({ reason: expect.stringContaining("signal: killed") });

    expect(await call("POST", `/api/queue/${letter.messageId}/replay`)).toEqual({ status: 202, body: { replayed: 1 } });
    await waitUntil(async () => (await imagesOf("grace"))[0]?.processingStatus === "completed");
    expect((await imagesOf("heidi"))[0]?.processingStatus).toBe("failed");
    expect((await call("POST", `/api/images/${second.imageId}/replay`)).body).toEqual({ replayed: 1 });
    await waitUntil(async () => (await imagesOf("heidi"))[0]?.processingStatus === "completed");
    expect((await call("POST", `/api/queue/${letter.messageId}/replay`)).status).toBe(409);
  });

  test.each([
    ["nothing", "{}", "uploads must be"],
    ["half an upload", '{"uploads":0.5,"attempts":"first"}', "uploads must be an integer from 0 to 1000, got 0.5"],
    ["too many", '{"uploads":1001,"attempts":"first"}', "got 1001"],
    ["other attempts", '{"uploads":1,"attempts":"second"}', 'attempts must be "first" or "every", got "second"'],
  ])("refuse a fault for %s", async (_, body, sentence) => {
    const { status, body: answer } = await call("PUT", "/api/faults/time_limit", JSON.parse(body));
    expect(status).toBe(400);
    expect(answer.error).toContain(sentence);
  });

  test("know no other faults", async () => {
    expect((await call("PUT", "/api/faults/fire", { uploads: 1, attempts: "first" })).status).toBe(404);
    expect((await call("POST", "/api/faults/time_limit", {})).status).toBe(405);
  });
});

describe("the console's events", () => {
  test("begin with the state of things and go on with what changes", async () => {
    const abort = new AbortController();
    const { body } = await fetch(`${running.server.endpoint}/api/events`, { signal: abort.signal });
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (...parts: readonly string[]) => {
      while (!parts.every((part) => text.includes(part))) text += (await reader?.read())?.value ?? "";
    };
    await until("event: counts", "event: faults", "event: queue");
    text = "";
    await upload("ivan");
    await until('"userId":"ivan"', "event: images", "event: journal", '"processingStatus":"completed"');
    abort.abort();
  });
});
