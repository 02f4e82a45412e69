"use strict";
// Runs inside a sandbox process: loads the function, then answers one invocation after the other over the channel to
// the host. Plain JavaScript, because Node runs it as it is. Error shapes follow Lambda's Node.js runtime:
// https://github.com/aws/aws-lambda-nodejs-runtime-interface-client

const { join } = require("node:path");

const codeDirectory = process.argv[2];
const send = process.send.bind(process);
// The function shall see neither the channel nor the host's arguments.
delete process.send;
process.argv.length = 2;
// The host may run on another Node than the function.
process.env.AWS_EXECUTION_ENV = `AWS_Lambda_nodejs${process.versions.node.split(".")[0]}.x`;

const kill = () => process.kill(process.pid, "SIGKILL");
// The host is gone. Exiting politely would first wait for running decodes.
process.once("disconnect", kill);
process.on("uncaughtException", (error) => die(describe(error), 129));
process.on("unhandledRejection", (reason) =>
  die({ ...describe(reason), errorType: "Runtime.UnhandledPromiseRejection" }, 128),
);

/** Ends the process once the host knows why. */
function die(error, status) {
  send({ kind: "fatal", error }, () => process.exit(status));
}

function describe(thrown) {
  if (thrown instanceof Error || (thrown?.name && thrown.message && thrown.stack)) {
    const { name, message, stack } = thrown;
    return { errorType: String(name), errorMessage: String(message), trace: String(stack).split("\n") };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

function loadHandler() {
  const file = join(codeDirectory, "index.js");
  try {
    const { handler } = require(file);
    if (typeof handler === "function") return handler;
  } catch (error) {
    const failure = describe(error);
    if (error?.code === "MODULE_NOT_FOUND") failure.errorType = "Runtime.ImportModuleError";
    if (error instanceof SyntaxError) failure.errorType = "Runtime.UserCodeSyntaxError";
    throw failure;
  }
  throw { errorType: "Runtime.HandlerNotFound", errorMessage: "index.handler is undefined or not exported", trace: [] };
}

function contextOf({ requestId, deadline, functionArn }) {
  const { env } = process;
  return {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

async function invoke(handler, invocation) {
  try {
    const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    send({ kind: "result", payload: JSON.stringify(result ?? null) });
  } catch (error) {
    send({ kind: "error", error: describe(error) });
  }
}

try {
  const handler = loadHandler();
  process.on("message", (invocation) => invoke(handler, invocation));
  send({ kind: "ready" });
} catch (failure) {
  die(failure, 1);
}
