import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { parseOutputs } from "../../operations/pipeline-environment";
import { stageLocalBundles } from "../../tools/bundle-lambda/stage-lambda-bundles";
import { temporaryDirectory } from "../support/temporary-directory";
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

describe("npm start", () => {
  test("tells where everything is, and stops on Ctrl-C with nothing left behind", async () => {
    const directory = join(root, "stopped");
    const { child, output, exit } = await ready(directory);
    for (const [, url] of output.out.matchAll(/^(?:Console|S3|DynamoDB|Lambda|SQS) +(\S+)/gm))
      expect((await fetch(url ?? "")).status).toBeGreaterThan(0);
    expect(output.out).toContain("photo-uploads-000000000000-local");
    expect(existsSync(join(directory, "lock"))).toBe(true);
    const outputs = parseOutputs(readFileSync(join(directory, "outputs.json"), "utf8"), "outputs.json");
    expect(output.out).toContain(outputs.deadLetterQueueUrl);
    expect(output.out).toContain(outputs.local?.endpoints.lambda);

    const startedAt = performance.now();
    child.kill("SIGINT");
    child.kill("SIGINT");
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(existsSync(join(directory, "lock"))).toBe(false);
    expect(existsSync(join(directory, "outputs.json"))).toBe(false);
  });

  test("refuses a second start on the same directory, and recovers the lock of a killed one", async () => {
    const directory = join(root, "shared");
    const first = await ready(directory);
    expect(await refusal([...FREE_PORTS, "--directory", directory])).toEqual({
      code: 1,
      sentence: `${directory} is in use by process ${first.child.pid}: stop that one first, or choose another directory`,
    });
    first.child.kill("SIGKILL");
    await first.exit;

    const second = await ready(directory);
    second.child.kill("SIGTERM");
    expect(await second.exit).toEqual({ code: 0, signal: null });
  });

  test.each([
    ["--port", "the console"],
    ["--s3-port", "the S3 endpoint"],
    ["--dynamodb-port", "the DynamoDB endpoint"],
    ["--lambda-port", "the Lambda endpoint"],
    ["--sqs-port", "the SQS endpoint"],
  ])("says that the port of %s is taken", async (flag, purpose) => {
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
    expect(existsSync(join(directory, "lock"))).toBe(false);
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
      sentence: "Unknown option '--prot'; npm start -- --help lists the options",
    });
    expect(await refusal(FREE_PORTS, { LAMBDA_MEMORY_MB: "much" })).toEqual({
      code: 1,
      sentence: 'LAMBDA_MEMORY_MB must be an integer from 512 to 10240 MB, got "much"',
    });
  });

  test("explains itself", async () => {
    const { output, exit } = run(["--help"]);
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(output.out).toContain("--time-scale 1");
  });
});
