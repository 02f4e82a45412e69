import { join } from "node:path";
import { GetFunctionCommand, InvokeCommand, type InvokeCommandInput, LambdaClient } from "@aws-sdk/client-lambda";
import type { SignedService } from "../../../../local/aws/http/signed-service";
import { AsynchronousInvoker } from "../../../../local/aws/lambda/asynchronous-invoker";
import { startInvokeServer } from "../../../../local/aws/lambda/invoke-server";
import { LocalFunction } from "../../../../local/aws/lambda/local-function";
import { MessageQueue } from "../../../../local/aws/sqs/message-queue";
import { functionConfiguration, writeFunctionBundle } from "../../../support/function-bundle";
import { temporaryDirectory } from "../../../support/temporary-directory";
import { waitUntil } from "../../../support/wait-until";

const root = temporaryDirectory();
const ECHO = `exports.handler = async (event) => {
  if (event?.fail) throw new TypeError("asked for");
  return { got: event };
};`;
let server: SignedService;
let client: LambdaClient;
let lambda: LocalFunction;
let invoker: AsynchronousInvoker;

beforeAll(async () => {
  const configuration = functionConfiguration(writeFunctionBundle(root, "echo", ECHO));
  lambda = new LocalFunction(configuration, () => {});
  invoker = await AsynchronousInvoker.open({
    target: lambda,
    directory: join(root, "events"),
    maximumEventAgeSeconds: 3600,
    maximumRetryAttempts: 2,
    timeoutSeconds: 5,
    timeScale: 0.0001,
    deadLetterQueue: await MessageQueue.open({ directory: join(root, "letters") }),
    onTrouble: () => {},
  });
  const region = "us-east-1";
  const functions = new Map([["echo", { lambda, invoker }]]);
  server = await startInvokeServer({ port: 0, region, credentials: { local: "local-secret" }, functions });
  const credentials = { accessKeyId: "local", secretAccessKey: "local-secret" };
  client = new LambdaClient({ endpoint: server.endpoint, region, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.close();
  invoker.stop();
  await lambda.close();
  await invoker.close();
});

const invoke = (input: Partial<InvokeCommandInput>) =>
  client.send(new InvokeCommand({ FunctionName: "echo", Payload: JSON.stringify({ n: 1 }), ...input }));
const textOf = (payload: Uint8Array | undefined) => Buffer.from(payload ?? []).toString();

describe("startInvokeServer", () => {
  test("answers a synchronous invocation with the result", async () => {
    const { StatusCode, Payload, FunctionError, ExecutedVersion } = await invoke({});
    expect({ StatusCode, FunctionError, ExecutedVersion }).toEqual({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(JSON.parse(textOf(Payload))).toEqual({ got: { n: 1 } });
  });

  test("tells a failure of the function from a failure of the call", async () => {
    const { StatusCode, Payload, FunctionError } = await invoke({ Payload: '{"fail":true}' });
    expect({ StatusCode, FunctionError }).toEqual({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(JSON.parse(textOf(Payload))).toMatchObject({ errorType: "TypeError", errorMessage: "asked for" });
  });

  test("takes an event into the queue, under the name and under the ARN", async () => {
    for (const FunctionName of ["echo", "echo:$LATEST", lambda.arn]) {
      const { StatusCode, Payload } = await invoke({ FunctionName, InvocationType: "Event" });
      expect({ StatusCode, payload: textOf(Payload) }).toEqual({ StatusCode: 202, payload: "" });
    }
    await waitUntil(() => invoker.size === 0);
  });

  test("refuses what it does not know, and what is no JSON", async () => {
    await expect(invoke({ FunctionName: "absent" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(invoke({ Payload: "{" })).rejects.toMatchObject({ name: "InvalidRequestContentException" });
    await expect(invoke({ InvocationType: "DryRun" })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
      message: 'The invocation type "DryRun" is not implemented: this server is a subset of Lambda.',
    });
    await expect(invoke({ LogType: "Tail" })).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
    await expect(client.send(new GetFunctionCommand({ FunctionName: "echo" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
    await expect(
      invoke({ InvocationType: "Event", Payload: Buffer.alloc(1024 * 1024 + 1, "1") }),
    ).rejects.toMatchObject({
      name: "RequestTooLargeException",
    });
  });
});
