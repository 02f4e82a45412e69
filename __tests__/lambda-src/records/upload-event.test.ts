import fc from "fast-check";
import { RejectedImage } from "../../../lambda-src/images/formats/rejected-image";
import { MalformedEvent } from "../../../lambda-src/records/errors";
import { imageIdOf } from "../../../lambda-src/records/image-identity";
import { type EventRecord, parseUploadEvent, type Upload } from "../../../lambda-src/records/upload-event";
import { anyText } from "../../support/any-text";
import { encodeObjectKey } from "../../support/encoded-key";
import { runsOf } from "../../support/thorough";

const BUCKET = "photos";
const OBJECT = {
  key: "uploads/alice/s%C3%BC%C3%9F+a%2Bb%25.jpg",
  size: 1024,
  eTag: "d41d8cd98f00b204e9800998ecf8427e",
  versionId: "v1",
  sequencer: "0055AED6DCD90281E5",
};

type Changes = Readonly<Record<string, unknown>>;

/** An S3 event record, changed in the fields that a test names. */
const record = (object: Changes = {}, fields: Changes = {}, bucket: unknown = { name: BUCKET }) => ({
  eventVersion: "2.1",
  eventSource: "aws:s3",
  eventName: "ObjectCreated:Put",
  eventTime: "2026-11-22T10:20:30.999Z",
  s3: { bucket, object: { ...OBJECT, ...object } },
  ...fields,
});
const parse = (...records: readonly unknown[]): readonly EventRecord[] =>
  parseUploadEvent({ Records: records }, BUCKET);
const parseOne = (...change: Parameters<typeof record>): EventRecord => {
  const [parsed] = parse(record(...change));
  if (!parsed) throw new Error("there must be a record");
  return parsed;
};
function uploadOf(parsed: EventRecord): Upload {
  if (parsed.kind !== "upload") throw new Error(`must be an upload, got ${JSON.stringify(parsed)}`);
  return parsed.upload;
}
const malformedMessage = (parsed: EventRecord | undefined): string => {
  if (parsed?.kind !== "malformed") throw new Error(`must be malformed, got ${JSON.stringify(parsed)}`);
  expect(parsed.error).toBeInstanceOf(MalformedEvent);
  return parsed.error.message;
};

describe("an upload", () => {
  test("has its key decoded and its identity", () => {
    const key = "uploads/alice/süß a+b%.jpg";
    expect(parseOne()).toEqual({
      kind: "upload",
      upload: {
        imageId: imageIdOf({ bucket: BUCKET, key, version: "v1" }),
        timestamp: Date.UTC(2026, 10, 22, 10, 20, 30) / 1000,
        userId: "alice",
        bucket: BUCKET,
        key,
        sizeBytes: 1024,
        eTag: "d41d8cd98f00b204e9800998ecf8427e",
        versionId: "v1",
        sequencer: "0055AED6DCD90281E5",
      },
    });
  });

  test.each([undefined, "", "null"])("with versionId %p takes the sequencer for its version", (versionId) => {
    const upload = uploadOf(parseOne({ versionId }));
    expect(upload.imageId).toBe(imageIdOf({ ...upload, version: OBJECT.sequencer }));
    expect(upload.versionId).toBeUndefined();
  });

  test("has the same identity whatever its ETag, size and time", () => {
    const other = uploadOf(parseOne({ eTag: "other", size: 2 }, { eventTime: "2026-11-23T00:00:00.000Z" }));
    expect(other.imageId).toBe(uploadOf(parseOne()).imageId);
  });

  test.each([
    "ObjectCreated:Put",
    "ObjectCreated:CompleteMultipartUpload",
    "ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
  ])("is what %s says", (eventName) => {
    expect(parseOne({}, { eventName }).kind).toBe("upload");
  });

  test.each(["2.0", "2.1", "2.2", "2.15"])("may come in an event of version %s", (eventVersion) => {
    expect(parseOne({}, { eventVersion }).kind).toBe("upload");
  });

  test("needs neither size nor ETag, and takes the quotes off the ETag", () => {
    expect(uploadOf(parseOne({ size: undefined, eTag: undefined }))).toMatchObject({ key: expect.any(String) });
    expect(uploadOf(parseOne({ size: undefined })).sizeBytes).toBeUndefined();
    expect(uploadOf(parseOne({ eTag: '"abc-2"' })).eTag).toBe("abc-2");
    expect(uploadOf(parseOne({ eTag: "" })).eTag).toBeUndefined();
  });

  test("of nobody belongs to unknown", () => {
    expect(uploadOf(parseOne({ key: "uploads/a.jpg" })).userId).toBe("unknown");
  });

  test("whose key cannot be decoded keeps the raw text, with the reason", () => {
    const upload = uploadOf(parseOne({ key: "uploads/alice/%zz.jpg" }));
    expect(upload).toMatchObject({ key: "uploads/alice/%zz.jpg", userId: "alice" });
    expect(upload.imageId).toBe(imageIdOf({ ...upload, version: "v1" }));
    expect(upload.invalidKey).toBeInstanceOf(RejectedImage);
    expect(upload.invalidKey?.code).toBe("INVALID_KEY");
  });

  test("comes through with any key that S3 can write", () => {
    const name = anyText({ minLength: 1, maxLength: 60 }).filter((text) => !text.endsWith("/"));
    fc.assert(
      fc.property(name, (text) => {
        const key = `uploads/alice/${text}`;
        expect(uploadOf(parseOne({ key: encodeObjectKey(key) })).key).toBe(key);
      }),
      runsOf(500),
    );
  });
});

describe("a record that is ignored", () => {
  test.each([
    ["a removed object", {}, { eventName: "ObjectRemoved:Delete" }, "event ObjectRemoved:Delete"],
    ["a restored object", {}, { eventName: "ObjectRestore:Completed" }, "event ObjectRestore:Completed"],
    ["a key outside uploads/", { key: "previews/a.jpg" }, {}, "key outside uploads/"],
    ["a folder marker", { key: "uploads/alice/" }, {}, "folder marker"],
    ["a folder marker that is encoded", { key: "uploads/alice%2F" }, {}, "folder marker"],
    ["an undecodable key outside uploads/", { key: "previews/%zz.jpg" }, {}, "key outside uploads/"],
  ])("is %s", (_, object, fields, reason) => {
    expect(parseOne(object, fields)).toEqual({ kind: "ignored", reason, key: expect.any(String) });
  });

  test("is one of another bucket", () => {
    expect(parseOne({}, {}, { name: "others" })).toMatchObject({ kind: "ignored", reason: "bucket others" });
  });

  test("is S3's test event", () => {
    const event = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: BUCKET };
    expect(parseUploadEvent(event, BUCKET)).toEqual([{ kind: "ignored", reason: "s3:TestEvent" }]);
  });

  test("needs no version to be ignored", () => {
    const noVersion = { versionId: undefined, sequencer: undefined };
    expect(parseOne({ ...noVersion, key: "previews/a.jpg" }).kind).toBe("ignored");
  });
});

describe("a malformed record", () => {
  test.each([
    ["version 3", {}, { eventVersion: "3.0" }, "eventVersion must be 2.x"],
    ["version 1", {}, { eventVersion: "1.0" }, "eventVersion must be 2.x"],
    ["no version", {}, { eventVersion: undefined }, "eventVersion "],
    ["no name", {}, { eventName: undefined }, "eventName "],
    ["no date", {}, { eventTime: "yesterday" }, "eventTime "],
    ["a date that does not exist", {}, { eventTime: "2026-13-45T99:99:99.000Z" }, "eventTime "],
    ["no s3", {}, { s3: undefined }, "s3 "],
    ["no key", { key: undefined }, {}, "s3.object.key "],
    ["an empty key", { key: "" }, {}, "s3.object.key "],
    ["a key that is no text", { key: 7 }, {}, "s3.object.key "],
    ["a negative size", { size: -1 }, {}, "s3.object.size "],
    ["half a byte", { size: 1.5 }, {}, "s3.object.size "],
    ["a version that is no text", { versionId: 1 }, {}, "s3.object.versionId "],
  ])("has %s", (_, object, fields, beginning) => {
    expect(malformedMessage(parseOne(object, fields))).toMatch(new RegExp(`^${beginning.replaceAll(".", "\\.")}`));
  });

  test.each([undefined, "", "null"])("has versionId %p and no sequencer", (versionId) => {
    for (const sequencer of [undefined, ""])
      expect(malformedMessage(parseOne({ versionId, sequencer }))).toBe(
        "s3.object must have a versionId or a sequencer, got neither",
      );
  });

  test("leaves the others alone, in their order", () => {
    const kinds = parse(record(), null, record({ key: "x" }), record({}, { s3: 1 }), record()).map(({ kind }) => kind);
    expect(kinds).toEqual(["upload", "malformed", "ignored", "malformed", "upload"]);
  });
});

describe("what is no event", () => {
  test.each([[undefined], [null], ["text"], [7], [[]], [{}], [{ Records: "none" }], [{ Event: "other" }]])(
    "is %j",
    (event) => {
      const parsed = parseUploadEvent(event, BUCKET);
      expect(parsed).toHaveLength(1);
      expect(malformedMessage(parsed[0])).toBe("the event must be an S3 event notification with Records");
    },
  );

  test("without records has nothing to do", () => {
    expect(parseUploadEvent({ Records: [] }, BUCKET)).toEqual([]);
  });

  test("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (event, whole, part) => {
        parseUploadEvent(event, BUCKET);
        const records = parse(whole, record({ key: part, size: part }), record({}, { eventTime: part }), { s3: part });
        expect(records).toHaveLength(4);
      }),
      runsOf(500),
    );
  });
});
