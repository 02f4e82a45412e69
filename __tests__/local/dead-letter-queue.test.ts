import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeadLetterQueue } from "../../local/dead-letter-queue";
import { temporaryDirectory } from "../support/temporary-directory";

const root = temporaryDirectory();
let queues = 0;
const freshDirectory = () => join(root, `queue-${++queues}`);
const attributes = (RequestID: string) => ({ RequestID, ErrorCode: "200", ErrorMessage: "no" });

describe("DeadLetterQueue", () => {
  test("keeps messages across a reopening, oldest first", async () => {
    const directory = freshDirectory();
    const queue = await DeadLetterQueue.open(directory);
    await queue.send('{"n":1}', attributes("b"));
    await queue.send('{"n":2}', attributes("a"));

    const reopened = await DeadLetterQueue.open(directory);
    expect(await reopened.count()).toBe(2);
    const messages = await reopened.list();
    expect(messages.map(({ messageId }) => messageId).sort()).toEqual(["a", "b"]);
    expect(messages[0]?.sentAt).toBeLessThanOrEqual(messages[1]?.sentAt ?? 0);
  });

  test("holds one message for an event that was sent twice", async () => {
    const queue = await DeadLetterQueue.open(freshDirectory());
    await queue.send("{}", attributes("a"));
    await queue.send("{}", attributes("a"));
    expect(await queue.count()).toBe(1);
  });

  test("hides received messages until the visibility timeout or their deletion", async () => {
    const queue = await DeadLetterQueue.open(freshDirectory());
    for (const id of ["a", "b", "c"]) await queue.send("{}", attributes(id));

    expect(await queue.receive(2)).toHaveLength(2);
    const [rest] = await queue.receive(2, 0);
    expect(await queue.receive()).toEqual([rest]);
    await queue.delete(rest?.messageId ?? "");
    await queue.delete("absent");
    expect(await queue.receive()).toEqual([]);
    expect(await queue.count()).toBe(2);
  });

  test("ignores and removes what an interrupted write left behind", async () => {
    const directory = freshDirectory();
    await DeadLetterQueue.open(directory);
    writeFileSync(join(directory, "a.json.draft"), '{"half');
    const queue = await DeadLetterQueue.open(directory);
    expect(await queue.list()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("refuses an id that would leave the directory", async () => {
    const queue = await DeadLetterQueue.open(freshDirectory());
    await expect(queue.send("{}", attributes("../a"))).rejects.toThrow('got "../a"');
  });
});
