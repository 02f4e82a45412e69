import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import fc from "fast-check";
import { readBody } from "../../../lambda-src/aws/read-body";

const { signal } = new AbortController();
const chunksOf = (...sizes: readonly number[]) => sizes.map((size, index) => Buffer.alloc(size, index));
const tooLarge = { name: "RejectedImage", code: "TOO_LARGE" };
const shortRead = { name: "TransientFailure", code: "SHORT_READ" };

/** Counts what is taken from it. */
function countedBody(chunks: readonly Buffer[]) {
  const taken: Buffer[] = [];
  const body = Readable.from(
    (async function* () {
      for (const chunk of chunks) {
        taken.push(chunk);
        yield chunk;
      }
    })(),
    { highWaterMark: 1 },
  );
  return { body, taken };
}

describe("readBody", () => {
  test("gives the bytes, whatever the pieces, with and without an announced length", async () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes) => Buffer.from(bytes)));
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (chunks, announced) => {
        const whole = Buffer.concat(chunks);
        const length = announced ? whole.length : undefined;
        expect(await readBody(Readable.from(chunks), length, whole.length, signal)).toEqual(whole);
      }),
    );
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("refuses a length above the limit without reading", async () => {
    const { body, taken } = countedBody(chunksOf(10, 10));
    await expect(readBody(body, 11, 10, signal)).rejects.toMatchObject(tooLarge);
    expect(taken).toEqual([]);
    expect(body.destroyed).toBe(true);
  });

  test("stops reading at the limit when the body is longer than anybody said", async () => {
    const { body, taken } = countedBody(chunksOf(...Array.from({ length: 1_000 }, () => 10)));
    await expect(readBody(body, undefined, 25, signal)).rejects.toMatchObject(tooLarge);
    expect(taken.length).toBeLessThan(10);
    expect(body.destroyed).toBe(true);
  });

  test.each<[string, Readable, number]>([
    ["shorter than announced", Readable.from(chunksOf(4)), 5],
    ["longer than announced", Readable.from(chunksOf(4, 2)), 5],
    ["missing its end", brokenAfter(chunksOf(4)), 5],
  ])("takes a body that is %s for a short read", async (_, body, length) => {
    await expect(readBody(body, length, 100, signal)).rejects.toMatchObject(shortRead);
    expect(body.destroyed).toBe(true);
  });

  test("keeps the cause of a broken body", async () => {
    await expect(readBody(brokenAfter([]), 5, 100, signal)).rejects.toMatchObject({ cause: { message: "reset" } });
  });

  test.each([[undefined], ["text"]])("takes %p for a short read", async (body) => {
    await expect(readBody(body, 5, 100, signal)).rejects.toMatchObject(shortRead);
  });

  test("ends a stalled body when the signal aborts", async () => {
    const controller = new AbortController();
    const body = new Readable({ read: () => undefined });
    const outcome = readBody(body, 5, 100, controller.signal);
    controller.abort();
    await expect(outcome).rejects.toMatchObject(shortRead);
    expect(body.destroyed).toBe(true);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});

function brokenAfter(chunks: readonly Buffer[]): Readable {
  return Readable.from(
    (async function* () {
      yield* chunks;
      throw new Error("reset");
    })(),
  );
}
