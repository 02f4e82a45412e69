import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { stageLocalBundles } from "../../bundling/stage-lambda-bundles";
import { plain } from "../../checks/images/pictures";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import { lockDirectory } from "../../local/directory-lock";
import { parseOutputs } from "../../operations/pipeline-environment";
import { temporaryDirectory } from "../support/temporary-directory";
import { sampled, thoroughTest } from "../support/thorough";
import { waitUntil } from "../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(30_000);

const root = temporaryDirectory();
const program = join(root, "start.js");
const FREE_PORTS = ["port", "s3-port", "dynamodb-port", "lambda-port", "sqs-port"].flatMap((name) => [
  `--${name}`,
  "0",
]);
const children: ChildProcess[] = [];

beforeAll(() => {
  stageLocalBundles();
  buildSync({
    entryPoints: ["local/start.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    outfile: program,
  });
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

interface Run {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

function run(args: readonly string[], environment: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, NODE_PATH: join(process.cwd(), "node_modules"), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output.err += text;
  });
  const exit = once(child, "close").then(([code, signal]) => ({ code, signal }));
  return { child, output, exit };
}

async function ready(directory: string): Promise<Run> {
  const started = run([...FREE_PORTS, "--directory", directory]);
  await waitUntil(() => started.output.out.includes("Ready.") || started.child.exitCode !== null);
  expect(started.output.err).toBe("");
  return started;
}

async function refusal(args: readonly string[], environment?: Record<string, string>) {
  const { output, exit } = run(args, environment);
  const { code } = await exit;
  expect(output.out).toBe("");
  return { code, sentence: output.err.trim() };
}

async function expectFree(directory: string): Promise<void> {
  const release = await lockDirectory(directory);
  await release();
}

describe("npm start", () => {
  test("tells where everything is, and stops on Ctrl-C with nothing left behind", async () => {
    const directory = join(root, "stopped");
    const { child, output, exit } = await ready(directory);
    for (const [, url] of output.out.matchAll(/^(?:Console|S3|DynamoDB|Lambda|SQS) +(\S+)/gm))
      expect((await fetch(url ?? "")).status).toBeGreaterThan(0);
    expect(output.out).toContain("photo-uploads-000000000000-local");
    const outputs = parseOutputs(readFileSync(join(directory, "outputs.json"), "utf8"), "outputs.json");
    expect(output.out).toContain(outputs.deadLetterQueueUrl);
    expect(output.out).toContain(outputs.local?.endpoints.lambda);

    const startedAt = performance.now();
    child.kill("SIGINT");
    child.kill("SIGINT");
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(existsSync(join(directory, "outputs.json"))).toBe(false);
    await expectFree(directory);
  });

  test("stops when npm is told to, as a shell's kill does", async () => {
    const directory = join(root, "by-npm");
    const npm = spawn("npm", ["start", "--", ...FREE_PORTS, "--directory", directory], { stdio: "pipe" });
    children.push(npm);
    let out = "";
    npm.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
    });
    await waitUntil(() => out.includes("Ready."));
    npm.kill("SIGTERM");
    await waitUntil(() => !existsSync(join(directory, "outputs.json")));
  });

  test("refuses a second start on the same directory, and recovers the lock of a killed one", async () => {
    const directory = join(root, "shared");
    const first = await ready(directory);
    expect(await refusal([...FREE_PORTS, "--directory", directory])).toEqual({
      code: 1,
      sentence: `${directory} is in use by another process: stop that one first, or choose another directory`,
    });
    first.child.kill("SIGKILL");
    await first.exit;

    const second = await ready(directory);
    second.child.kill("SIGTERM");
    expect(await second.exit).toEqual({ code: 0, signal: null });
  });

  const ports = [
    ["--port", "the console"],
    ["--s3-port", "the S3 endpoint"],
    ["--dynamodb-port", "the DynamoDB endpoint"],
    ["--lambda-port", "the Lambda endpoint"],
    ["--sqs-port", "the SQS endpoint"],
  ] as const;
  test.each(sampled(ports, 1))("says that the port of %s is taken", async (flag, purpose) => {
    const owner = createServer().listen(0, "127.0.0.1");
    await once(owner, "listening");
    const { port } = owner.address() as { port: number };
    const directory = join(root, `taken${flag}`);
    const refused = await refusal([...FREE_PORTS, flag, String(port), "--directory", directory]);
    owner.close();
    expect(refused).toEqual({
      code: 1,
      sentence: `Port ${port} for ${purpose} is taken: choose another with npm start -- ${flag} PORT`,
    });
    await expectFree(directory);
  });

  test("says that its directory cannot be used", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(await refusal([...FREE_PORTS, "--directory", file])).toEqual({
      code: 1,
      sentence: `${file} must be a directory that can be written (EEXIST)`,
    });
  });

  test("refuses bad flags with status 2 and bad settings with status 1", async () => {
    expect(await refusal(["--prot", "3000"])).toEqual({
      code: 2,
      sentence: "unknown option '--prot'; npm start -- --help lists the options",
    });
    expect(await refusal(FREE_PORTS, { LAMBDA_MEMORY_MB: "much" })).toEqual({
      code: 1,
      sentence: 'LAMBDA_MEMORY_MB must be an integer from 512 to 10240, got "much"',
    });
  });

  test("explains itself", async () => {
    const { output, exit } = run(["--help"]);
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(output.out).toContain("--time-scale <factor>");
  });
});

describe("npm start -- --outputs", () => {
  thoroughTest("opens the console of an environment that others run: to read, and to process again", async () => {
    const directory = join(root, "deployed");
    const local = await ready(directory);
    const endpointOf = (name: string, { output }: Run) =>
      new RegExp(`^${name} +(\\S+)`, "m").exec(output.out)?.[1] ?? "";
    const outputs = JSON.parse(readFileSync(join(directory, "outputs.json"), "utf8"));
    // As cdktf writes it: nothing of how to reach a local system.
    for (const stack of Object.values<Record<string, unknown>>(outputs)) delete stack.LocalAccess;
    const file = join(root, "outputs.json");
    writeFileSync(file, JSON.stringify(outputs));

    const deployed = run(["--outputs", file, "--port", "0"], {
      AWS_ENDPOINT_URL_S3: endpointOf("S3", local),
      AWS_ENDPOINT_URL_DYNAMODB: endpointOf("DynamoDB", local),
      AWS_ENDPOINT_URL_LAMBDA: endpointOf("Lambda", local),
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local-secret",
      S3_FORCE_PATH_STYLE: "true",
    });
    await waitUntil(() => deployed.output.out.includes("Ready.") || deployed.child.exitCode !== null);
    expect(deployed.output.err).toBe("");
    const [localConsole, console] = [endpointOf("Console", local), endpointOf("Console", deployed)];
    const upload = await fetch(`${localConsole}/api/uploads`, {
      method: "POST",
      body: JSON.stringify({ userId: "alice", fileName: "a.jpg" }),
    });
    const { url } = (await upload.json()) as { url: string };
    await fetch(url, { method: "PUT", body: new Uint8Array(await plain(64, 48).jpeg().toBuffer()) });

    const first = async () =>
      ((await (await fetch(`${console}/api/images`)).json()) as { images: ImageRecord[] }).images[0];
    const completed = (attempts: number) => async () => {
      const image = await first();
      return image?.processingStatus === "completed" && image.attempts === attempts;
    };
    await waitUntil(completed(1));
    const path = `${console}/api/images/${(await first())?.imageId}`;
    const answer = await fetch(`${path}/reprocess`, { method: "POST", body: '{"force":true}' });
    expect(answer.status).toBe(202);
    await waitUntil(completed(2));

    expect(await (await fetch(`${console}/api/console`)).json()).toMatchObject({ local: false });
    const refused = [
      await fetch(path, { method: "DELETE" }),
      await fetch(`${console}/api/faults/time_limit`, { method: "PUT", body: "{}" }),
      await fetch(`${console}/api/uploads`, { method: "POST", body: "{}" }),
      await fetch(`${console}/api/queue/replay`, { method: "POST" }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([405, 405, 405, 405]);
    deployed.child.kill("SIGTERM");
    expect(await deployed.exit).toEqual({ code: 0, signal: null });
  });

  test("says what is wrong with the file", async () => {
    expect(await refusal(["--outputs", join(root, "absent.json")])).toEqual({
      code: 1,
      sentence: `--outputs must name a file that can be read (ENOENT), got ${JSON.stringify(join(root, "absent.json"))}`,
    });
  });
});

describe("npm start, killed in the middle of 50 uploads", () => {
  thoroughTest(
    "loses nothing, leaves nothing unfinished and doubles nothing",
    async () => {
      const directory = join(root, "killed");
      const first = await ready(directory);
      const endpoint = /^Console +(\S+)/m.exec(first.output.out)?.[1] ?? "";
      const body = new Uint8Array(await plain(640, 480).jpeg().toBuffer());
      const acknowledged: string[] = [];
      const upload = async (number: number) => {
        const fileName = `photo-${number}.jpg`;
        const request = { method: "POST", body: JSON.stringify({ userId: "alice", fileName }) };
        const { url } = (await (await fetch(`${endpoint}/api/uploads`, request)).json()) as { url: string };
        if ((await fetch(url, { method: "PUT", body })).ok) acknowledged.push(`uploads/alice/${fileName}`);
      };
      const uploads = Promise.allSettled(Array.from({ length: 50 }, (_, number) => upload(number)));
      await waitUntil(() => acknowledged.length >= 15);
      first.child.kill("SIGKILL");
      await Promise.all([uploads, first.exit]);
      expect(acknowledged.length).toBeLessThan(50);

      const second = await ready(directory);
      const restarted = /^Console +(\S+)/m.exec(second.output.out)?.[1] ?? "";
      const images = async () =>
        ((await (await fetch(`${restarted}/api/images?limit=200`)).json()) as { images: ImageRecord[] }).images;
      const isOver = ({ processingStatus }: ImageRecord) => processingStatus === "completed";
      // A lease of the killed run may have to end first.
      await waitUntil(async () => (await images()).filter(isOver).length >= acknowledged.length, 100_000);
      await waitUntil(async () => (await images()).every(isOver), 100_000);
      const keys = (await images()).map(({ originalKey }) => originalKey);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys).toEqual(expect.arrayContaining(acknowledged));
      second.child.kill("SIGTERM");
      await second.exit;
    },
    240_000,
  );
});
