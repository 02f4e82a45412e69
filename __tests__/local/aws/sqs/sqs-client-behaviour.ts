import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from "@aws-sdk/client-sqs";

export interface QueueConnection {
  readonly client: SQSClient;
  readonly queueName: string;
}

/**
 * What the SDK must find, whoever the server is: run against this project's server and, where it is installed, against an
 * independent one. Every test leaves the queue empty.
 */
export function describeQueueBehaviour(connection: () => QueueConnection): void {
  let QueueUrl = "";
  const send = (input: Omit<SendMessageCommandInput, "QueueUrl">) =>
    connection().client.send(new SendMessageCommand({ QueueUrl, ...input }));
  const receive = async (input: Omit<ReceiveMessageCommandInput, "QueueUrl"> = {}): Promise<readonly Message[]> =>
    (await connection().client.send(new ReceiveMessageCommand({ QueueUrl, ...input }))).Messages ?? [];
  const remove = ({ ReceiptHandle }: Message = {}) =>
    connection().client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const hide = ({ ReceiptHandle }: Message = {}, VisibilityTimeout = 0) =>
    connection().client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  const attributes = async () =>
    (await connection().client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes;

  beforeAll(async () => {
    const { client, queueName } = connection();
    QueueUrl = (await client.send(new GetQueueUrlCommand({ QueueName: queueName }))).QueueUrl ?? "";
  });

  test("a message comes back with its body, attributes and counts", async () => {
    const sent = await send({
      MessageBody: '{"süß":"🎉"}',
      MessageAttributes: {
        RequestID: { DataType: "String", StringValue: "r-1" },
        ErrorCode: { DataType: "Number", StringValue: "200" },
      },
    });
    const [message] = await receive({ MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: '{"süß":"🎉"}',
      Attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.stringMatching(/^\d{13}$/) },
      MessageAttributes: { RequestID: { DataType: "String", StringValue: "r-1" }, ErrorCode: { StringValue: "200" } },
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    });
    await remove(message);
    expect(await receive()).toEqual([]);
  });

  test("names select the attributes", async () => {
    await send({ MessageBody: "a", MessageAttributes: { A: { DataType: "String", StringValue: "1" } } });
    const [message] = await receive({ MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
    expect(message?.Attributes).toEqual({ ApproximateReceiveCount: "1" });
    expect(message?.MessageAttributes).toBeUndefined();
    await remove(message);
  });

  test("a received message is hidden until it is given back, and counts its receives", async () => {
    await send({ MessageBody: "a" });
    const [first] = await receive({ VisibilityTimeout: 60 });
    expect(await receive()).toEqual([]);
    expect(await attributes()).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "1",
    });
    await hide(first, 0);
    const [second] = await receive({ MessageSystemAttributeNames: ["All"] });
    expect(second?.Attributes?.ApproximateReceiveCount).toBe("2");
    await remove(second);
    expect(await attributes()).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
  });

  test("a long poll waits for a visibility timeout to end", async () => {
    await send({ MessageBody: "a" });
    await receive({ VisibilityTimeout: 1 });
    const [again] = await receive({ WaitTimeSeconds: 10 });
    expect(again?.Body).toBe("a");
    await remove(again);
  });

  test("batches do and refuse entry by entry", async () => {
    const { client } = connection();
    const Entries = ["a", "b", "c"].map((Id) => ({ Id, MessageBody: Id }));
    const sent = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(["a", "b", "c"]);
    const messages = await receive({ MaxNumberOfMessages: 10 });
    expect(messages.map(({ Body }) => Body).sort()).toEqual(["a", "b", "c"]);
    const handles = messages.map(({ ReceiptHandle, Body: Id }) => ({ Id, ReceiptHandle }));
    const changes = handles.map((entry) => ({ ...entry, VisibilityTimeout: 30 }));
    const changed = await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: changes }));
    expect(changed.Successful).toHaveLength(3);
    const deleted = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [...handles, { Id: "bad", ReceiptHandle: "nonsense" }] }),
    );
    expect(deleted.Successful).toHaveLength(3);
    expect(deleted.Failed).toMatchObject([{ Id: "bad", Code: "ReceiptHandleIsInvalid", SenderFault: true }]);
  });

  test("refusals have the names of the SDK", async () => {
    const { client } = connection();
    await expect(client.send(new GetQueueUrlCommand({ QueueName: "absent" }))).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
    await expect(remove({ ReceiptHandle: "nonsense" })).rejects.toMatchObject({ name: "ReceiptHandleIsInvalid" });
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] }))).rejects.toMatchObject({
      name: "EmptyBatchRequest",
    });
    const twice = ["a", "a"].map((Id) => ({ Id, MessageBody: "x" }));
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries: twice }))).rejects.toMatchObject({
      name: "BatchEntryIdsNotDistinct",
    });
  });
}
