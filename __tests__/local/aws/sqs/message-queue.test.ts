import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  InvalidReceiptHandle,
  MessageQueue,
  type MessageQueueOptions,
  type ReceivedMessage,
} from "../../../../local/aws/sqs/message-queue";
import { temporaryDirectory } from "../../../support/temporary-directory";

const root = temporaryDirectory();
let queues = 0;
const freshDirectory = () => join(root, `queue-${++queues}`);
const openQueue = (options: Partial<MessageQueueOptions> = {}) =>
  MessageQueue.open({ directory: freshDirectory(), ...options });
const bodies = (messages: readonly { readonly body: string }[]) => messages.map(({ body }) => body);
const handleOf = ([message]: readonly ReceivedMessage[]) => message?.receiptHandle ?? "none received";

describe("MessageQueue", () => {
  test("keeps messages and their receive counts across a reopening, oldest first", async () => {
    const directory = freshDirectory();
    const queue = await MessageQueue.open({ directory });
    await queue.send("1", { messageId: "b", attributes: { RequestID: { DataType: "String", StringValue: "r" } } });
    await queue.send("2", { messageId: "a" });
    await queue.receive({ maximum: 1 });

    const reopened = await MessageQueue.open({ directory });
    const messages = await reopened.receive();
    expect(messages).toMatchObject([
      { messageId: "b", receiveCount: 2, attributes: { RequestID: { StringValue: "r" } } },
      { messageId: "a", receiveCount: 1 },
    ]);
    expect(messages[0]?.firstReceivedAt).toBeLessThanOrEqual(Date.now());
  });

  test("holds one message for one id", async () => {
    const queue = await openQueue();
    await queue.send("1", { messageId: "a" });
    await queue.send("2", { messageId: "a" });
    expect(bodies(await queue.list())).toEqual(["2"]);
    expect(await queue.count()).toBe(1);
  });

  test("hides received messages until the visibility timeout or their deletion", async () => {
    const queue = await openQueue();
    for (const body of ["a", "b", "c"]) await queue.send(body);

    expect(bodies(await queue.receive({ maximum: 2 }))).toEqual(["a", "b"]);
    expect(queue.counts()).toEqual({ visible: 1, inFlight: 2, delayed: 0 });
    await queue.receive({ visibilityTimeoutMs: 0 });
    const rest = await queue.receive();
    expect(bodies(rest)).toEqual(["c"]);
    await queue.delete(handleOf(rest));
    await queue.delete(handleOf(rest));
    expect(await queue.receive()).toEqual([]);
    expect(await queue.count()).toBe(2);
  });

  test("leaves alone what somebody else received meanwhile", async () => {
    const queue = await openQueue();
    await queue.send("a");
    const first = handleOf(await queue.receive({ visibilityTimeoutMs: 0 }));
    await queue.receive();
    await queue.delete(first);
    expect(queue.changeVisibility(first, 0)).toBe(false);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
  });

  test("gives a message back, or hides it for longer", async () => {
    const queue = await openQueue({ visibilityTimeoutMs: 60_000 });
    await queue.send("a");
    expect(queue.changeVisibility(handleOf(await queue.receive()), 0)).toBe(true);
    const again = handleOf(await queue.receive({ visibilityTimeoutMs: 5000 }));
    expect(queue.changeVisibility(again, 60_000)).toBe(true);
    expect(await queue.receive({ waitMs: 100 })).toEqual([]);
  });

  test("waits for a message, for the end of a timeout, and for the signal", async () => {
    const queue = await openQueue({ visibilityTimeoutMs: 20 });
    const waiting = queue.receive({ waitMs: 20_000 });
    await queue.send("a");
    expect(bodies(await waiting)).toEqual(["a"]);
    expect(bodies(await queue.receive({ waitMs: 20_000, visibilityTimeoutMs: 60_000 }))).toEqual(["a"]);
    const stopped = new AbortController();
    const given = queue.receive({ waitMs: 20_000, signal: stopped.signal });
    stopped.abort();
    expect(await given).toEqual([]);
  });

  test("delays a message", async () => {
    const queue = await openQueue();
    await queue.send("late", { delayMs: 60_000 });
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    await queue.send("soon", { delayMs: 30 });
    expect(bodies(await queue.receive({ waitMs: 20_000 }))).toEqual(["soon"]);
  });

  test("hands a message to the other queue after so many receives, also across a restart", async () => {
    const failed = await openQueue();
    const options = { directory: freshDirectory(), redrive: { queue: failed, maxReceiveCount: 2 } };
    const queue = await MessageQueue.open(options);
    const messageId = await queue.send("a", { attributes: { Why: { DataType: "String", StringValue: "x" } } });
    await queue.receive();
    const reopened = await MessageQueue.open(options);
    expect(await reopened.receive({ visibilityTimeoutMs: 0 })).toMatchObject([{ receiveCount: 2 }]);
    expect(await reopened.receive()).toEqual([]);
    expect(await reopened.count()).toBe(0);
    expect(await failed.receive()).toMatchObject([{ messageId, body: "a", attributes: { Why: {} }, receiveCount: 1 }]);
  });

  test("drops what is older than the retention", async () => {
    const queue = await openQueue({ retentionMs: 0 });
    await queue.send("a");
    expect(await queue.receive()).toEqual([]);
    expect(await queue.list()).toEqual([]);
  });

  test("ignores and removes what an interrupted write left behind", async () => {
    const directory = freshDirectory();
    await MessageQueue.open({ directory });
    writeFileSync(join(directory, "a.json.draft"), '{"half');
    const queue = await MessageQueue.open({ directory });
    expect(await queue.list()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("refuses an id that would leave the directory, and handles that are none", async () => {
    const queue = await openQueue();
    await expect(queue.send("{}", { messageId: "../a" })).rejects.toThrow('got "../a"');
    await expect(queue.delete("nonsense")).rejects.toThrow(InvalidReceiptHandle);
    expect(() => queue.changeVisibility("bm9uc2Vuc2U=", 1)).toThrow(InvalidReceiptHandle);
  });
});
