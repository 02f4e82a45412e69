import { readDeadLetter } from "../../operations/dead-letter";
import { uploadEvent } from "../../operations/upload-event";

const event = uploadEvent({
  bucket: "photos",
  region: "us-east-1",
  encodedKey: "uploads/ann/a.jpg",
  sequencer: "01",
  time: new Date(0),
});
const [upload] = event.Records;
const recorded = (requestPayload: unknown) =>
  JSON.stringify({ version: "1.0", requestContext: { condition: "RetriesExhausted" }, requestPayload });
const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("readDeadLetter", () => {
  test.each([JSON.stringify(event), recorded(event)])(
    "finds the upload in an event and in an on-failure record",
    (body) => {
      const letter = readDeadLetter(body, "photos");
      expect(letter.uploads).toMatchObject([{ key: "uploads/ann/a.jpg", userId: "ann" }]);
      expect(JSON.parse(letter.replayable ?? "")).toEqual(JSON.parse(JSON.stringify(event)));
      expect(letter.isWhole).toBe(true);
    },
  );

  test.each([
    "",
    "hello",
    "null",
    "[]",
    "{}",
    '{"Records":1}',
    '{"Records":[{"any":1}]}',
    '{"requestContext":{"condition":"x"},"requestPayload":{}}',
  ])("finds nothing to send in %j", (body) => {
    expect(readDeadLetter(body, "photos")).toEqual({ uploads: [], isWhole: false });
  });

  test("leaves out the records that the processor cannot read, and says so", () => {
    const letter = readDeadLetter(JSON.stringify({ Records: [{ eventVersion: "2.1" }, upload] }), "photos");
    expect(JSON.parse(letter.replayable ?? "")).toEqual({ Records: [JSON.parse(JSON.stringify(upload))] });
    expect(letter).toMatchObject({ uploads: [{ key: "uploads/ann/a.jpg" }], isWhole: false });
  });

  test.each([
    nested(20_000),
    `{"Records":[${nested(20_000)}]}`,
    JSON.stringify({ Records: [{ ...upload, extra: 0 }] }).replace('"extra":0', `"extra":${nested(20_000)}`),
    recorded(event).replace('"region"', `"deep":${nested(20_000)},"region"`),
    recorded({ Records: [{ ...upload, extra: 0 }] }).replace('"extra":0', `"extra":${nested(20_000)}`),
  ])("does not fail on 20,000 nested levels (%#)", (body) => {
    expect(() => readDeadLetter(body, "photos")).not.toThrow();
  });

  test("does not send what is nested too deeply to be written", () => {
    const body = JSON.stringify({ Records: [{ ...upload, extra: 0 }] }).replace(
      '"extra":0',
      `"extra":${nested(20_000)}`,
    );
    expect(readDeadLetter(body, "photos")).toHaveProperty("replayable", undefined);
  });
});
