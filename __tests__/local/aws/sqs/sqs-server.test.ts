import { join } from "node:path";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { MessageQueue } from "../../../../local/aws/sqs/message-queue";
import { type SqsServer, startSqsServer } from "../../../../local/aws/sqs/sqs-server";
import { temporaryDirectory } from "../../../support/temporary-directory";
import { describeQueueBehaviour } from "./sqs-client-behaviour";

const root = temporaryDirectory();
const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local-secret" };
let server: SqsServer;
let client: SQSClient;

const connect = (overrides: object = {}) =>
  new SQSClient({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: CREDENTIALS,
    maxAttempts: 1,
    ...overrides,
  });

beforeAll(async () => {
  server = await startSqsServer({
    port: 0,
    region: "us-east-1",
    account: "000000000000",
    credentials: { local: "local-secret" },
    queues: new Map([["letters", await MessageQueue.open({ directory: join(root, "letters") })]]),
  });
  client = connect();
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

describe("startSqsServer", () => {
  describeQueueBehaviour(() => ({ client, queueName: "letters" }));

  const send = (input: Partial<SendMessageCommandInput>, sender = client) =>
    sender.send(new SendMessageCommand({ QueueUrl: server.urlOf("letters"), MessageBody: "a", ...input }));

  test("refuses what it does not have instead of ignoring it", async () => {
    await expect(client.send(new CreateQueueCommand({ QueueName: "more" }))).rejects.toMatchObject({
      name: "UnsupportedOperation",
      message: "CreateQueue is not supported by this server.",
    });
    await expect(send({ MessageGroupId: "g" })).rejects.toMatchObject({
      message: "SendMessage with MessageGroupId is not supported by this server.",
    });
    await expect(send({ DelaySeconds: 901 })).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: "Value 901 for parameter DelaySeconds is invalid.",
    });
  });

  test("checks signatures, and lets no web page in", async () => {
    const wrongSecret = { ...CREDENTIALS, secretAccessKey: "wrong" };
    await expect(send({}, connect({ credentials: wrongSecret }))).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
    await expect(send({}, connect({ credentials: { ...wrongSecret, accessKeyId: "who" } }))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    await expect(send({}, connect({ region: "eu-central-1" }))).rejects.toThrow("expecting 'us-east-1'");
    const unsigned = await fetch(server.endpoint, { method: "POST", body: "{}" });
    expect(unsigned.status).toBe(403);
    const page = await fetch(server.endpoint, { method: "POST", headers: { origin: "http://localhost:3000" } });
    expect(await page.json()).toMatchObject({ __type: "com.amazonaws.sqs#AccessDeniedException" });
  });

  test("its stop ends a long poll", async () => {
    const queues = new Map([["letters", await MessageQueue.open({ directory: join(root, "stopped") })]]);
    const credentials = { local: "local-secret" };
    const stopped = await startSqsServer({ port: 0, region: "us-east-1", account: "1", credentials, queues });
    const poller = connect({ endpoint: stopped.endpoint });
    const poll = poller.send(new ReceiveMessageCommand({ QueueUrl: stopped.urlOf("letters"), WaitTimeSeconds: 20 }));
    const outcome = poll.then(
      () => "ended",
      () => "ended",
    );
    await new Promise((resolve) => setImmediate(resolve));
    await stopped.close();
    expect(await outcome).toBe("ended");
    poller.destroy();
  });
});
