import { join } from "node:path";
import type { SQSBatchResponse } from "aws-lambda";
import type { InvocationTarget } from "../../../../local/aws/lambda/asynchronous-invoker";
import type { Invocation, Outcome } from "../../../../local/aws/lambda/invocation";
import { QueueConsumer, type QueueConsumerOptions } from "../../../../local/aws/lambda/queue-consumer";
import { MessageQueue, type MessageQueueOptions } from "../../../../local/aws/sqs/message-queue";
import { temporaryDirectory } from "../../../support/temporary-directory";
import { waitUntil } from "../../../support/wait-until";

interface Batch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

const root = temporaryDirectory();
let queues = 0;
const openQueue = (options: Partial<MessageQueueOptions> = {}) =>
  MessageQueue.open({ directory: join(root, `queue-${++queues}`), visibilityTimeoutMs: 20, ...options });

const consumers: QueueConsumer[] = [];
afterEach(() => Promise.all(consumers.splice(0).map((consumer) => consumer.close())));

/** A function whose answers the test decides, by the bodies of a batch. */
class AnsweringFunction implements InvocationTarget {
  readonly arn = "arn";
  readonly batches: Batch[] = [];
  hasCapacity = true;

  constructor(private readonly answer: (bodies: readonly string[], batch: Batch) => Outcome | Promise<Outcome>) {}

  async invoke(payload: string, requestId: string): Promise<Invocation> {
    const batch = JSON.parse(payload) as Batch;
    this.batches.push(batch);
    const outcome = await this.answer(
      batch.Records.map(({ body }) => body),
      batch,
    );
    return { requestId, outcome, durationMs: 1, maxMemoryUsedMb: 1 };
  }

  get bodies(): readonly string[] {
    return this.batches.flatMap(({ Records }) => Records.map(({ body }) => body));
  }
}

const result = (value: SQSBatchResponse | null | unknown): Outcome => ({
  kind: "result",
  payload: JSON.stringify(value),
});
const error: Outcome = { kind: "error", error: { errorType: "Error", errorMessage: "no" } };

function consume(queue: MessageQueue, target: InvocationTarget, options: Partial<QueueConsumerOptions> = {}) {
  const troubles: string[] = [];
  const consumer = new QueueConsumer({
    queue,
    queueArn: "arn:aws:sqs:us-east-1:000000000000:uploads",
    region: "us-east-1",
    target,
    batchSize: 1,
    onTrouble: (sentence) => troubles.push(sentence),
    ...options,
  });
  consumers.push(consumer);
  return { consumer, troubles };
}

describe("QueueConsumer", () => {
  test("hands messages over as Lambda does, and deletes what went well", async () => {
    const queue = await openQueue();
    const target = new AnsweringFunction(() => result({ batchItemFailures: [] }));
    consume(queue, target);
    await queue.send("one", { messageId: "m-1" });
    await waitUntil(async () => (await queue.count()) === 0);
    expect(target.batches).toEqual([
      {
        Records: [
          {
            messageId: "m-1",
            receiptHandle: expect.any(String),
            body: "one",
            attributes: {
              ApproximateReceiveCount: "1",
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {},
            md5OfBody: "f97c5d29941bfb1b2fdab0874906ab82",
            eventSource: "aws:sqs",
            eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:uploads",
            awsRegion: "us-east-1",
          },
        ],
      },
    ]);
  });

  test("leaves those of a batch that the function names", async () => {
    const queue = await openQueue();
    for (const body of ["good", "bad", "fine"]) await queue.send(body, { messageId: body });
    const target = new AnsweringFunction((bodies) =>
      result({ batchItemFailures: bodies.length > 1 ? [{ itemIdentifier: "bad" }] : [] }),
    );
    consume(queue, target, { batchSize: 10 });
    await waitUntil(async () => (await queue.count()) === 0);
    expect(target.bodies).toEqual(["good", "bad", "fine", "bad"]);
  });

  test.each([
    ["an error", error],
    ["a message that was not in the batch", result({ batchItemFailures: [{ itemIdentifier: "another" }] })],
    ["an answer of another kind", result({ done: true })],
  ])("leaves all of them after %s", async (_, outcome) => {
    const queue = await openQueue();
    for (const body of ["a", "b"]) await queue.send(body, { messageId: body });
    let attempts = 0;
    const target = new AnsweringFunction(() => (++attempts === 1 ? outcome : result(null)));
    consume(queue, target, { batchSize: 10 });
    await waitUntil(async () => (await queue.count()) === 0);
    expect([...target.bodies].sort()).toEqual(["a", "a", "b", "b"]);
  });

  test("moves a message on after its third receive, under the same id", async () => {
    const failed = await openQueue();
    const queue = await openQueue({ redrive: { queue: failed, maxReceiveCount: 3 } });
    const target = new AnsweringFunction(() => error);
    consume(queue, target);
    await queue.send("poison", { messageId: "m-1" });
    await waitUntil(async () => (await failed.count()) === 1);
    expect(target.batches).toHaveLength(3);
    expect(await failed.list()).toMatchObject([{ messageId: "m-1", body: "poison" }]);
    await waitUntil(async () => (await queue.count()) === 0);
  });

  test("takes no message while the function has no capacity, and says when it gives it back", async () => {
    const queue = await openQueue();
    const target = new AnsweringFunction(() => result(null));
    target.hasCapacity = false;
    const onCapacity = jest.fn();
    consume(queue, target, { onCapacity });
    await queue.send("a");
    await queue.send("b");
    expect(queue.counts()).toMatchObject({ visible: 2, inFlight: 0 });
    target.hasCapacity = true;
    await waitUntil(async () => (await queue.count()) === 0);
    await waitUntil(() => onCapacity.mock.calls.length === 2);
  });

  test("hides what is at work for as long as that takes", async () => {
    const queue = await openQueue({ visibilityTimeoutMs: 1 });
    let finish = (): void => {};
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const target = new AnsweringFunction(async () => {
      await working;
      return result(null);
    });
    consume(queue, target);
    await queue.send("slow");
    await waitUntil(() => target.batches.length === 1);
    await queue.send("next");
    await waitUntil(() => target.batches.length === 2);
    expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 2 });
    finish();
    await waitUntil(async () => (await queue.count()) === 0);
    expect(target.batches).toHaveLength(2);
  });

  test("stops at once, and leaves what was killed for the next start", async () => {
    const queue = await openQueue();
    let kill = (): void => {};
    const target = new AnsweringFunction(
      () =>
        new Promise((resolve) => {
          kill = () => resolve(error);
        }),
    );
    const { consumer, troubles } = consume(queue, target);
    await queue.send("a");
    await waitUntil(() => target.batches.length === 1);
    consumer.stop();
    kill();
    await consumer.close();
    expect(await queue.count()).toBe(1);
    expect(troubles).toEqual([]);
  });
});
