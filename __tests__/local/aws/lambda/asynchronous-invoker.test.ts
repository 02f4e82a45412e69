import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import {
  AsynchronousInvoker,
  type AsynchronousInvokerOptions,
  type InvocationTarget,
} from "../../../../local/aws/lambda/asynchronous-invoker";
import type { FailureRecord } from "../../../../local/aws/lambda/invocation";
import { type FunctionError, type Outcome, timedOut } from "../../../../local/aws/lambda/invocation";
import { LocalFunction } from "../../../../local/aws/lambda/local-function";
import { MessageQueue } from "../../../../local/aws/sqs/message-queue";
import { functionConfiguration, writeFunctionBundle } from "../../../support/function-bundle";
import { temporaryDirectory } from "../../../support/temporary-directory";
import { waitUntil } from "../../../support/wait-until";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(30_000);

const root = temporaryDirectory();
const ARN = "arn:aws:lambda:us-east-1:000000000000:function:probe";
/** 60 s become 60 ms, the maximum age 3.6 s. */
const TIME_SCALE = 0.001;

interface Attempt {
  readonly requestId: string;
  readonly event: unknown;
  readonly at: number;
}

/** A function in this process whose outcomes the test decides. */
class ScriptedFunction implements InvocationTarget {
  readonly arn = ARN;
  readonly attempts: Attempt[] = [];
  running = 0;
  mostAtOnce = 0;

  constructor(
    private readonly outcomeOf: (attempt: Attempt, number: number) => Outcome | Promise<Outcome>,
    private readonly concurrency = 10,
  ) {}

  get hasCapacity(): boolean {
    return this.running < this.concurrency;
  }

  async invoke(payload: string, requestId: string) {
    this.running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const attempt = { requestId, event: JSON.parse(payload), at: performance.now() };
    this.attempts.push(attempt);
    const outcome = await this.outcomeOf(attempt, this.attempts.length);
    this.running--;
    return { requestId, outcome, durationMs: 1, maxMemoryUsedMb: 50 };
  }
}

const done: Outcome = { kind: "result", payload: "null" };
const failed = (error: FunctionError): Outcome => ({ kind: "error", error });
const refusal: FunctionError = { errorType: "Refused", errorMessage: "no", trace: ["Refused: no"] };

let directories = 0;
const open: AsynchronousInvoker[] = [];
afterAll(() => Promise.all(open.map((invoker) => invoker.close())));

async function openInvoker(target: InvocationTarget, overrides: Partial<AsynchronousInvokerOptions> = {}) {
  const directory = overrides.directory ?? join(root, `invoker-${++directories}`);
  const deadLetterQueue =
    overrides.deadLetterQueue ?? (await MessageQueue.open({ directory: `${directory}.dead-letters` }));
  const invoker = await AsynchronousInvoker.open({
    target,
    directory,
    maximumEventAgeSeconds: 3600,
    maximumRetryAttempts: 2,
    timeoutSeconds: 30,
    timeScale: TIME_SCALE,
    deadLetterQueue,
    onTrouble: (sentence) => {
      throw new Error(sentence);
    },
    ...overrides,
  });
  open.push(invoker);
  return { invoker, directory, deadLetterQueue };
}

describe("AsynchronousInvoker", () => {
  test("delivers an event once and forgets it", async () => {
    const target = new ScriptedFunction(() => done);
    const { invoker, directory, deadLetterQueue } = await openInvoker(target);
    const requestId = await invoker.enqueue({ photo: "süß" });
    await waitUntil(() => invoker.size === 0);

    expect(target.attempts).toMatchObject([{ requestId, event: { photo: "süß" } }]);
    expect(readdirSync(directory)).toEqual([]);
    expect(await deadLetterQueue.count()).toBe(0);
  });

  test("retries twice under the same request id, after one and two scaled minutes", async () => {
    const target = new ScriptedFunction((_, number) => (number < 3 ? failed(refusal) : done));
    const { invoker, deadLetterQueue } = await openInvoker(target);
    const requestId = await invoker.enqueue({});
    await waitUntil(() => invoker.size === 0);

    expect(target.attempts.map((attempt) => attempt.requestId)).toEqual([requestId, requestId, requestId]);
    const [first = 0, second = 0, third = 0] = target.attempts.map(({ at }) => at);
    // Timers may fire up to a millisecond early.
    expect(second - first).toBeGreaterThanOrEqual(59);
    expect(third - second).toBeGreaterThanOrEqual(119);
    expect(await deadLetterQueue.count()).toBe(0);
  });

  test("gives an event up after three attempts: a dead letter and a failure record in Lambda's form", async () => {
    const recorder = new ScriptedFunction(() => done);
    const { invoker: onFailure } = await openInvoker(recorder);
    const { invoker, deadLetterQueue } = await openInvoker(new ScriptedFunction(() => failed(refusal)), { onFailure });
    const requestId = await invoker.enqueue({ photo: 1 });
    await waitUntil(() => invoker.size === 0 && onFailure.size === 0);

    expect(await deadLetterQueue.list()).toMatchObject([
      {
        body: '{"photo":1}',
        attributes: {
          RequestID: { DataType: "String", StringValue: requestId },
          ErrorCode: { DataType: "Number", StringValue: "200" },
          ErrorMessage: { DataType: "String", StringValue: "no" },
        },
      },
    ]);
    const [delivery] = recorder.attempts;
    expect(delivery?.requestId).not.toBe(requestId);
    const timestamp = (delivery?.event as FailureRecord | undefined)?.timestamp ?? "";
    expect(new Date(timestamp).toISOString()).toBe(timestamp);
    expect(delivery?.event).toEqual({
      version: "1.0",
      timestamp,
      requestContext: {
        requestId,
        functionArn: `${ARN}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: { photo: 1 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: refusal,
    });
  });

  test("gives up what grew too old between attempts, with the last response", async () => {
    const recorder = new ScriptedFunction(() => done);
    const { invoker: onFailure } = await openInvoker(recorder);
    // The hour of this queue, 360 ms, has passed when the first attempt ends.
    const slow = new ScriptedFunction(
      () => new Promise((resolve) => setTimeout(() => resolve(failed(timedOut("r", 3700))), 370)),
    );
    const { invoker, deadLetterQueue } = await openInvoker(slow, { timeScale: 0.0001, onFailure });
    await invoker.enqueue({});
    await waitUntil(() => invoker.size === 0 && recorder.attempts.length === 1);

    expect(recorder.attempts[0]?.event).toMatchObject({
      requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 1 },
      responsePayload: { errorType: "Sandbox.Timedout" },
    });
    expect(await deadLetterQueue.count()).toBe(1);
  });

  test("gives up what grew too old while it waited for capacity, without any response", async () => {
    const recorder = new ScriptedFunction(() => done);
    const { invoker: onFailure } = await openInvoker(recorder);
    let release = () => {};
    const released = new Promise<Outcome>((resolve) => {
      release = () => resolve(done);
    });
    const busy = new ScriptedFunction(() => released, 1);
    const { invoker, deadLetterQueue } = await openInvoker(busy, { timeScale: 0.00001, onFailure });
    await invoker.enqueue({ n: 1 });
    const late = await invoker.enqueue({ n: 2 });
    const expiry = Date.now() + 36;
    await waitUntil(() => Date.now() > expiry);
    release();
    await waitUntil(() => invoker.size === 0 && recorder.attempts.length === 1);

    expect(busy.attempts).toHaveLength(1);
    const record = recorder.attempts[0]?.event as FailureRecord;
    expect(record.requestContext).toMatchObject({
      requestId: late,
      condition: "EventAgeExceeded",
      approximateInvokeCount: 0,
    });
    expect(record).not.toHaveProperty("responseContext");
    expect(record).not.toHaveProperty("responsePayload");
    expect((await deadLetterQueue.list())[0]?.attributes).toMatchObject({ ErrorCode: { StringValue: "429" } });
  });

  test("keeps throttled events waiting without using up an attempt", async () => {
    const target = new ScriptedFunction(() => new Promise((resolve) => setImmediate(() => resolve(done))), 2);
    const { invoker, deadLetterQueue } = await openInvoker(target);
    await Promise.all(Array.from({ length: 30 }, (_, n) => invoker.enqueue({ n })));
    await waitUntil(() => invoker.size === 0);

    expect(target.attempts).toHaveLength(30);
    expect(target.mostAtOnce).toBe(2);
    expect(await deadLetterQueue.count()).toBe(0);
  });

  test("retries the recorder too, and puts its event into its queue at last", async () => {
    const { invoker: onFailure, deadLetterQueue } = await openInvoker(new ScriptedFunction(() => failed(refusal)));
    const { invoker } = await openInvoker(new ScriptedFunction(() => failed(refusal)), { onFailure });
    await invoker.enqueue({ photo: 2 });
    await waitUntil(async () => (await deadLetterQueue.count()) === 1);

    const [letter] = await deadLetterQueue.list();
    expect(JSON.parse(letter?.body ?? "")).toMatchObject({ version: "1.0", requestPayload: { photo: 2 } });
  });

  test("continues counting attempts after a restart", async () => {
    const target = new ScriptedFunction(() => failed(refusal));
    const first = await openInvoker(target);
    const requestId = await first.invoker.enqueue({ photo: 3 });
    await waitUntil(() => target.attempts.length === 2);
    await waitUntil(() => target.running === 0);
    await first.invoker.close();

    const { deadLetterQueue, directory } = first;
    const { invoker } = await openInvoker(target, { directory, deadLetterQueue });
    await waitUntil(() => invoker.size === 0);
    expect(target.attempts.length).toBeGreaterThanOrEqual(3);
    expect(target.attempts.length).toBeLessThanOrEqual(4);
    expect((await deadLetterQueue.list()).map(({ messageId }) => messageId)).toEqual([requestId]);
  });

  test("does not count an attempt that its own stop killed", async () => {
    const bundle = writeFunctionBundle(root, "sleeper", "exports.handler = () => new Promise(() => {});");
    const lambda = new LocalFunction(functionConfiguration(bundle), () => {});
    const { invoker, directory } = await openInvoker(lambda);
    const requestId = await invoker.enqueue({});
    await waitUntil(() => lambda.hasCapacity);
    invoker.stop();
    await lambda.close();
    await invoker.close();

    const [name = ""] = readdirSync(directory);
    expect(JSON.parse(readFileSync(join(directory, name), "utf8"))).toMatchObject({ requestId, attempts: 0 });
  });

  test("refuses a time limit beyond the second retry delay", async () => {
    const target = new ScriptedFunction(() => done);
    await expect(openInvoker(target, { timeoutSeconds: 121 })).rejects.toThrow(
      "timeoutSeconds must be at most 120, the delay before the last retry, got 121",
    );
  });

  test("names a queue file that somebody broke", async () => {
    const directory = join(root, "broken");
    mkdirSync(directory);
    writeFileSync(join(directory, "0000000000000001.json"), "{");
    await expect(openInvoker(new ScriptedFunction(() => done), { directory })).rejects.toThrow(
      `${directory}/0000000000000001.json must be JSON: repair the file or delete it`,
    );
  });

  test("loses no accepted event when its process is killed with SIGKILL", async () => {
    const host = join(root, "invoker-host.js");
    buildSync({ entryPoints: ["__tests__/support/invoker-host.ts"], bundle: true, platform: "node", outfile: host });
    const directory = join(root, "killed");
    const [deliveries, stall] = [join(root, "deliveries"), join(root, "stall")];
    const bundle = writeFunctionBundle(
      root,
      "writer",
      `const { appendFileSync, existsSync } = require("node:fs");
       exports.handler = (event, { awsRequestId }) => {
         appendFileSync(${JSON.stringify(deliveries)}, event.n + " " + awsRequestId + "\\n");
         if (existsSync(${JSON.stringify(stall)})) return new Promise((resolve) => setTimeout(resolve, 60000));
       };`,
    );
    const delivered = () => (existsSync(deliveries) ? readFileSync(deliveries, "utf8").trim().split("\n") : []);
    const waiting = () => readdirSync(`${directory}/events`).filter((name) => name.endsWith(".json"));
    let accepted = "";
    const runHost = (events: number): ChildProcess => {
      const child = spawn(process.execPath, [host, directory, bundle, String(events)], { stdio: "pipe" });
      child.stdout.setEncoding("utf8").on("data", (text) => {
        accepted += text;
      });
      return child;
    };

    writeFileSync(stall, "");
    const first = runHost(20);
    await waitUntil(() => delivered().length === 2 && accepted.split("\n").length > 5);
    first.kill("SIGKILL");
    await once(first, "close");
    const acknowledged = accepted.trim().split("\n");
    rmSync(stall);

    const second = runHost(0);
    await waitUntil(() => existsSync(`${directory}/events`) && waiting().length === 0);
    second.kill("SIGKILL");
    await once(second, "close");
    const ids = delivered().map((line) => line.split(" ")[1]);
    expect(ids).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(ids).size).toBeLessThan(ids.length);
  });
});
