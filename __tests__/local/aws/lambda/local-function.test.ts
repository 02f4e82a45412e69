import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FunctionConfiguration } from "../../../../local/aws/lambda/function-configuration";
import type { FunctionError, Invocation } from "../../../../local/aws/lambda/invocation";
import { type FunctionLog, LocalFunction } from "../../../../local/aws/lambda/local-function";
import { functionConfiguration, writeFunctionBundle } from "../../../support/function-bundle";
import { temporaryDirectory } from "../../../support/temporary-directory";

// Processes start and photos are decoded: a loaded machine takes its time.
jest.setTimeout(30_000);

const directory = temporaryDirectory();
const open: LocalFunction[] = [];
afterAll(() => Promise.all(open.map((lambda) => lambda.close())));

/** One bundle for all tests: the event says what the function does. */
const PROBE = `
  let invocations = 0;
  exports.handler = async (event, context) => {
    invocations++;
    switch (event.do) {
      case "describe":
        return { invocations, pid: process.pid, environment: process.env, context, visible: typeof process.send,
          remainingMs: context.getRemainingTimeInMillis() };
      case "spin": for (;;);
      case "hang": return new Promise(() => setInterval(() => {}, 1000));
      case "wait": return new Promise((resolve) => setTimeout(resolve, event.ms));
      case "allocate": { const held = []; for (;;) held.push(Buffer.alloc(8 << 20, 1)); }
      case "peak": { Buffer.alloc(event.mb << 20, 1); return "done"; }
      case "exit": process.exit(event.status);
      case "print": console.log("to stdout"); console.error("to stderr"); return null;
      case "reject": { class Refused extends Error { name = "Refused" } throw new Refused("no"); }
      case "rejectText": throw "just text";
      case "throwLater": setTimeout(() => { throw new RangeError("late") }); return new Promise(() => {});
      case "rejectLater": Promise.reject(new TypeError("unseen")); return new Promise(() => {});
      case "circular": { const value = {}; value.value = value; return value; }
      case "nothing": return;
    }
  };`;

function start(source: string, overrides: Partial<FunctionConfiguration> = {}) {
  const logs: FunctionLog[] = [];
  const bundle = writeFunctionBundle(directory, randomUUID(), source);
  const lambda = new LocalFunction(functionConfiguration(bundle, overrides), (log) => logs.push(log));
  open.push(lambda);
  return { lambda, logs, run: (event: object, id: string = randomUUID()) => lambda.invoke(JSON.stringify(event), id) };
}

function resultOf({ outcome }: Invocation) {
  if (outcome.kind === "error") throw new Error(JSON.stringify(outcome.error));
  return JSON.parse(outcome.payload);
}

function errorOf({ outcome }: Invocation): FunctionError {
  if (outcome.kind === "result") throw new Error(`must have failed, got ${outcome.payload}`);
  return outcome.error;
}

describe("LocalFunction", () => {
  test("reuses a warm sandbox and reports what Lambda reports", async () => {
    const { run, logs } = start(PROBE);
    const first = await run({ do: "describe" }, "request-1");
    const second = await run({ do: "describe" }, "request-2");

    expect(resultOf(first).invocations).toBe(1);
    expect(resultOf(second)).toMatchObject({ invocations: 2, pid: resultOf(first).pid });
    expect(first.initDurationMs).toBeGreaterThan(0);
    expect(second.initDurationMs).toBeUndefined();
    expect(first.maxMemoryUsedMb).toBeGreaterThan(20);
    expect(logs).toContainEqual({ kind: "report", functionName: "probe", invocation: second });
  });

  test("runs invocations side by side in sandboxes of their own, up to its concurrency", async () => {
    const { run, lambda } = start(PROBE, { concurrency: 2 });
    const running = [run({ do: "describe" }), run({ do: "describe" })];
    expect(lambda.hasCapacity).toBe(false);
    await expect(run({ do: "describe" })).rejects.toThrow("probe has no capacity");

    const [one, other] = (await Promise.all(running)).map(resultOf);
    expect(one.pid).not.toBe(other.pid);
    expect(lambda.hasCapacity).toBe(true);
  });

  test("hands the function its variables, those of Lambda and no others", async () => {
    const { run } = start(PROBE, { environment: { TABLE: "images" }, memoryMb: 300 });
    const { environment, context, visible, remainingMs } = resultOf(await run({ do: "describe" }, "request-7"));

    expect(environment).toMatchObject({
      TABLE: "images",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_LAMBDA_FUNCTION_NAME: "probe",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "300",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    });
    const foreign = Object.keys(environment).filter((name) => !/^(AWS_|LAMBDA_|_HANDLER$|TABLE$)/.test(name));
    expect(foreign.sort()).toEqual(["LANG", "PATH", "TZ"]);
    expect(context).toMatchObject({
      awsRequestId: "request-7",
      functionName: "probe",
      functionVersion: "$LATEST",
      memoryLimitInMB: "300",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:probe",
    });
    expect(visible).toBe("undefined");
    expect(remainingMs).toBeGreaterThan(4000);
    expect(remainingMs).toBeLessThanOrEqual(5000);
  });

  test("runs in the Node that is named, which says its own version", async () => {
    const named = join(directory, "another-node");
    writeFileSync(named, `#!/bin/sh\nNAMED=yes exec "${process.execPath}" "$@"\n`, { mode: 0o755 });
    const { environment } = resultOf(await start(PROBE, { node: named }).run({ do: "describe" }));
    expect(environment.NAMED).toBe("yes");
    expect(environment.AWS_EXECUTION_ENV).toBe(`AWS_Lambda_nodejs${process.version.slice(1).split(".")[0]}.x`);
  });

  test.each(["spin", "hang"])("kills a function that would %s beyond its time limit", async (what) => {
    const { run } = start(PROBE, { timeoutSeconds: 0.25 });
    const startedAt = performance.now();
    const invocation = await run({ do: what }, "request-9");

    expect(errorOf(invocation)).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: "RequestId: request-9 Error: Task timed out after 0.25 seconds",
    });
    expect(performance.now() - startedAt - (invocation.initDurationMs ?? 0)).toBeLessThan(1500);
    expect(resultOf(await run({ do: "describe" })).invocations).toBe(1);
  });

  test("kills a function that takes more than its memory", async () => {
    const { run } = start(PROBE, { memoryMb: 160 });
    expect(errorOf(await run({ do: "allocate" }, "request-3"))).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: "RequestId: request-3 Error: Runtime exited with error: signal: killed",
    });
  });

  test("does not let a short peak above the memory pass", async () => {
    const { run } = start(PROBE, { memoryMb: 160 });
    const invocation = await run({ do: "peak", mb: 200 });
    expect(errorOf(invocation).errorType).toBe("Runtime.ExitError");
    expect(invocation.maxMemoryUsedMb).toBeGreaterThan(160);
    expect(resultOf(await run({ do: "peak", mb: 1 }))).toBe("done");
  });

  test("tells how the process ended", async () => {
    const { run } = start(PROBE);
    expect(errorOf(await run({ do: "exit", status: 3 }, "request-4"))).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: "RequestId: request-4 Error: Runtime exited with error: exit status 3",
    });
  });

  test("serializes a rejection as the Node.js runtime does", async () => {
    const { run } = start(PROBE);
    const error = errorOf(await run({ do: "reject" }));
    expect(error).toMatchObject({ errorType: "Refused", errorMessage: "no" });
    expect(error.trace?.[0]).toBe("Refused: no");
    expect(errorOf(await run({ do: "rejectText" }))).toEqual({
      errorType: "string",
      errorMessage: "just text",
      trace: [],
    });
    expect(errorOf(await run({ do: "circular" })).errorType).toBe("TypeError");
    expect(resultOf(await run({ do: "nothing" }))).toBeNull();
  });

  test("ends the sandbox after an error that nobody caught", async () => {
    const { run } = start(PROBE);
    expect(errorOf(await run({ do: "throwLater" }))).toMatchObject({ errorType: "RangeError", errorMessage: "late" });
    expect(errorOf(await run({ do: "rejectLater" }))).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "unseen",
    });
    expect(resultOf(await run({ do: "describe" })).invocations).toBe(1);
  });

  test.each([
    ["throws", "throw new RangeError('bad setting')", "RangeError", "bad setting"],
    ["does not parse", "exports.handler = ;", "Runtime.UserCodeSyntaxError", "Unexpected token ';'"],
    ["misses a module", "require('not-there')", "Runtime.ImportModuleError", "Cannot find module 'not-there'"],
    ["exports no handler", "", "Runtime.HandlerNotFound", "index.handler is undefined or not exported"],
    ["exits", "process.exit(7)", "Runtime.ExitError", "exit status 7"],
  ])("fails the invocation when loading %s", async (_, source, errorType, errorMessage) => {
    const error = errorOf(await start(source).run({}));
    expect(error.errorType).toBe(errorType);
    expect(error.errorMessage).toContain(errorMessage);
  });

  test("fails the invocation when the bundle is missing", async () => {
    const lambda = new LocalFunction(functionConfiguration(`${directory}/absent`), () => {});
    expect(errorOf(await lambda.invoke("{}", "request-5")).errorType).toBe("Runtime.InvalidWorkingDir");
  });

  test("passes printed lines on with the request id", async () => {
    const { run, logs } = start(PROBE);
    await run({ do: "print" }, "request-6");
    const line = { kind: "line", functionName: "probe", requestId: "request-6" };
    expect(logs).toContainEqual({ ...line, text: "to stdout" });
    expect(logs).toContainEqual({ ...line, text: "to stderr" });
  });

  test("kills busy and idle sandboxes on close, and takes no more", async () => {
    const { run, lambda } = start(PROBE);
    const idle = resultOf(await run({ do: "describe" })).pid;
    const busy = run({ do: "spin" });
    await lambda.close();

    expect(errorOf(await busy).errorMessage).toContain("signal: killed");
    expect(() => process.kill(idle, 0)).toThrow("ESRCH");
    expect(lambda.hasCapacity).toBe(false);
  });
});
