import fc from "fast-check";
import { contentOf, eachMessage, messagesOf } from "../../../lambda-src/records/message-batch";

const message = (messageId: string, body = "{}") => ({ eventSource: "aws:sqs", messageId, body, receiptHandle: "r" });

describe("messagesOf", () => {
  test("reads what Lambda hands over from a queue", () => {
    expect(messagesOf({ Records: [message("a", '{"Records":[]}'), message("b")] })).toMatchObject([
      { messageId: "a", body: '{"Records":[]}' },
      { messageId: "b", body: "{}" },
    ]);
  });

  test.each([
    [null],
    ["text"],
    [{}],
    [{ Records: [] }],
    [{ Records: [{ eventSource: "aws:s3", eventVersion: "2.1" }] }],
    [{ Records: [message("a"), { eventSource: "aws:s3" }] }],
    [{ requestContext: {}, requestPayload: {} }],
    [{ Event: "s3:TestEvent" }],
  ])("leaves anything else alone: %j", (event) => {
    expect(messagesOf(event)).toBeUndefined();
  });
});

describe("contentOf", () => {
  test("is the JSON of the body", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(contentOf({ messageId: "a", body: JSON.stringify(value) })).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test.each(["", "{", "hello"])("is the text itself when that is no JSON: %j", (body) => {
    expect(contentOf({ messageId: "a", body })).toBe(body);
  });
});

describe("eachMessage", () => {
  const run = (ids: readonly string[], failing: readonly string[]) => {
    const seen: string[] = [];
    const response = eachMessage(
      ids.map((messageId) => ({ messageId, body: "" })),
      async ({ messageId }) => {
        seen.push(messageId);
        if (failing.includes(messageId)) throw new Error(messageId);
      },
    );
    return { seen, response };
  };

  test("runs all and names those that must come again", async () => {
    const { seen, response } = run(["a", "b", "c"], ["a", "c"]);
    expect(await response).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "c" }] });
    expect(seen).toEqual(["a", "b", "c"]);
  });

  test("says nothing when all went well", async () => {
    expect(await run(["a"], []).response).toEqual({ batchItemFailures: [] });
  });

  test("throws when every one failed, so that Lambda counts an error", async () => {
    const error: unknown = await run(["a", "b"], ["a", "b"]).response.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([new Error("a"), new Error("b")]);
  });
});
