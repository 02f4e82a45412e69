import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { buildSync } from "esbuild";
import { waitUntil } from "../../../support/wait-until";
import { connect, startTestServer, type TestServer } from "./s3-test-server";

const REMOVAL_DEADLINE_MS = 5000;

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

async function readWhole(server: Pick<TestServer, "client">, Key: string) {
  const object = await server.client.send(new GetObjectCommand({ Bucket: "photos", Key }));
  const body = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
  expect(object.ETag).toBe(`"${md5(body)}"`);
  expect(object.Metadata?.md5).toBe(md5(body));
  return body;
}

const putWhole = (server: Pick<TestServer, "client">, Key: string, Body: Buffer, condition = {}) =>
  server.client.send(new PutObjectCommand({ Bucket: "photos", Key, Body, Metadata: { md5: md5(Body) }, ...condition }));

describe("at once", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.remove());

  test("PUTs to one key end with one whole object", async () => {
    const bodies = Array.from({ length: 20 }, (_, n) => randomBytes(n * 5000));
    const done = Promise.all(bodies.map((body) => putWhole(server, "one", body)));
    // Readers in between see one of them whole, too.
    await putWhole(server, "one", bodies[0] as Buffer);
    for (let round = 0; round < 10; round++) await readWhole(server, "one");
    await done;
    expect(bodies.map(md5)).toContain(md5(await readWhole(server, "one")));
  });

  test("one of many conditional creations succeeds, and one of many conditional replacements", async () => {
    const race = async (condition: object) => {
      const puts = Array.from({ length: 20 }, () => putWhole(server, "race", randomBytes(100), condition));
      const results = await Promise.allSettled(puts);
      return results.flatMap((result) => (result.status === "fulfilled" ? [result.value.ETag] : []));
    };
    const created = await race({ IfNoneMatch: "*" });
    expect(created).toHaveLength(1);
    const replaced = await race({ IfMatch: created[0] });
    expect(replaced).toHaveLength(1);
    expect(`"${md5(await readWhole(server, "race"))}"`).toBe(replaced[0]);
  });

  test("a GET in progress goes on with the body it began", async () => {
    const body = randomBytes(8_000_000);
    await putWhole(server, "read", body);
    const object = await server.client.send(new GetObjectCommand({ Bucket: "photos", Key: "read" }));
    await putWhole(server, "read", randomBytes(10));
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });

  test("a GET that is given up leaves no file open", async () => {
    await putWhole(server, "large", randomBytes(8_000_000));
    const openFiles = async () => (await readdir("/dev/fd")).length;
    const before = await openFiles();
    for (let round = 0; round < 10; round++) {
      const object = await server.client.send(new GetObjectCommand({ Bucket: "photos", Key: "large" }));
      (object.Body as Readable).destroy();
    }
    await waitUntil(async () => (await openFiles()) <= before, REMOVAL_DEADLINE_MS);
  });
});

describe("a restart", () => {
  test("finds every object, removes what was unfinished, and leaves foreign files alone", async () => {
    const first = await startTestServer();
    const body = randomBytes(5000);
    await putWhole(first, "a/süß", body);
    const before = await first.client.send(new HeadObjectCommand({ Bucket: "photos", Key: "a/süß" }));
    await first.stop();
    await writeFile(join(first.directory, "unfinished", "left-over"), "half");
    await writeFile(join(first.directory, "buckets", "photos", ".DS_Store"), "");

    const buckets = [{ name: "photos" }, { name: "added" }];
    const second = await startTestServer({ directory: first.directory, buckets });
    expect((await readWhole(second, "a/süß")).equals(body)).toBe(true);
    const after = await second.client.send(new HeadObjectCommand({ Bucket: "photos", Key: "a/süß" }));
    expect(after.LastModified).toEqual(before.LastModified);
    expect(await readdir(join(first.directory, "unfinished"))).toEqual([]);
    const list = (Bucket: string) => second.client.send(new ListObjectsV2Command({ Bucket }));
    expect((await list("photos")).KeyCount).toBe(1);
    expect((await list("added")).KeyCount).toBe(0);
    await second.remove();
  });

  describe("after kill -9", () => {
    let directory: string;
    let script: string;
    let child: ChildProcess | undefined;
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "s3-killed-"));
      script = join(directory, "server.js");
      buildSync({
        stdin: {
          contents: `
            import { startS3Server } from "./s3-server";
            startS3Server(JSON.parse(process.argv[2])).then(({ endpoint }) => console.log(endpoint));`,
          resolveDir: join(__dirname, "../../../../local/aws/s3"),
        },
        bundle: true,
        platform: "node",
        outfile: script,
      });
    });
    afterAll(async () => {
      child?.kill("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    });

    const data = () => join(directory, "data");

    async function startChild() {
      const options = {
        directory: data(),
        port: 0,
        region: "us-east-1",
        credentials: { local: "local-secret" },
        buckets: [{ name: "photos" }],
      };
      child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
      const [endpoint] = await once(createInterface(child.stdout as NodeJS.ReadableStream), "line");
      return { child, client: connect(endpoint as string) };
    }

    /** Overwrites one key until the server dies; tells which bodies were acknowledged, and which was the last sent. */
    async function overwrite(server: Pick<TestServer, "client">, key: string) {
      let acknowledged: string | undefined;
      for (;;) {
        const body = randomBytes(20_000 + Math.floor(Math.random() * 50_000));
        try {
          await putWhole(server, key, body);
          acknowledged = md5(body);
        } catch {
          return [acknowledged, md5(body)];
        }
      }
    }

    test.each([1, 2, 3])("body and metadata match, and no acknowledged PUT is lost (round %i)", async () => {
      const server = await startChild();
      const keys = ["k1", "k2", "k3", "k4"];
      const writers = keys.map((key) => overwrite(server, key));
      await putWhole(server, "witness", randomBytes(10));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      server.child.kill("SIGKILL");
      const outcomes = await Promise.all(writers);
      server.client.destroy();

      const restarted = await startTestServer({ directory: data() });
      expect(await readdir(join(data(), "unfinished"))).toEqual([]);
      for (const [index, key] of keys.entries()) {
        const [acknowledged, last] = outcomes[index] as [string | undefined, string];
        if (acknowledged === undefined) continue;
        expect([acknowledged, last]).toContain(md5(await readWhole(restarted, key)));
      }
      await restarted.stop();
    });
  });
});

describe("a start that cannot succeed", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "s3-start-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const sentence = (path: string) =>
    new RegExp(`^The directory of the S3 server must be one that it can read and write, got "${path}": .+`);

  test("a file in place of the directory is named in one sentence", async () => {
    const path = join(directory, "file");
    await writeFile(path, "");
    await expect(startTestServer({ directory: path })).rejects.toThrow(sentence(path));
  });

  test("so is an object file that is damaged", async () => {
    await mkdir(join(directory, "buckets", "photos"), { recursive: true });
    await writeFile(join(directory, "buckets", "photos", "0".repeat(64)), "no object");
    await expect(startTestServer({ directory })).rejects.toThrow(/must be an object file, got something else$/);
  });

  test("a taken port is EADDRINUSE, and the files of the server that has it stay untouched", async () => {
    const first = await startTestServer({ directory });
    await writeFile(join(directory, "unfinished", "being-received"), "half");
    await expect(startTestServer({ directory, port: first.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(await readdir(join(directory, "unfinished"))).toEqual(["being-received"]);
    await first.stop();
  });

  test("a bucket name that is none is refused", async () => {
    await expect(startTestServer({ directory, buckets: [{ name: "../x" }] })).rejects.toThrow(
      'Bucket name must be 3 to 63 of a-z 0-9 . -, got "../x"',
    );
  });
});
