import fc from "fast-check";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import { parseUploadEvent, type Upload } from "../../lambda-src/records/upload-event";
import { eventOfRecord, uploadEvent } from "../../operations/upload-event";
import { anyText } from "../support/any-text";
import { encodeObjectKey } from "../support/encoded-key";

const place = { sourceBucket: "photos", region: "us-east-1" };
const versions = fc.oneof(
  fc.record({ sequencer: fc.stringMatching(/^[0-9A-F]{1,32}$/) }),
  fc.record({
    versionId: fc.stringMatching(/^[\w.-]{1,32}$/).filter((id) => id !== "null"),
    sequencer: fc.constant("00A"),
  }),
);

function uploadOf(event: unknown): Upload {
  const [record] = parseUploadEvent(event, place.sourceBucket);
  if (record?.kind !== "upload") throw new Error("the event must be an upload");
  return record.upload;
}

/** What a claim writes down of it. */
const recordOf = (upload: Upload): ImageRecord => ({
  imageId: upload.imageId,
  timestamp: upload.timestamp,
  userId: upload.userId,
  originalKey: upload.key,
  originalSize: upload.sizeBytes,
  eTag: upload.eTag,
  versionId: upload.versionId,
  sequencer: upload.sequencer,
  processingStatus: "completed",
  attempts: 1,
  ttl: 0,
  ...(upload.invalidKey && { errorCode: "INVALID_KEY" as const }),
});

describe("eventOfRecord", () => {
  test("gives any upload's record an event of the same upload", () => {
    const keys = anyText({ minLength: 1, maxLength: 60 }).map((text) => encodeObjectKey(`uploads/${text}`));
    const broken = fc.constantFrom("uploads/%zz.jpg", "uploads/a/%ff");
    const key = fc.oneof({ weight: 9, arbitrary: keys }, broken).filter((text) => !text.endsWith("/"));
    const time = fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(key, versions, time, fc.nat(), (encodedKey, version, when, sizeBytes) => {
        const object = {
          bucket: "photos",
          region: "us-east-1",
          encodedKey,
          sizeBytes,
          eTag: "e",
          ...version,
          time: when,
        };
        const upload = uploadOf(uploadEvent(object));
        expect(uploadOf(eventOfRecord(recordOf(upload), place))).toEqual(upload);
      }),
    );
  });

  test("does not invent an identity", () => {
    const object = {
      bucket: "photos",
      region: "us-east-1",
      encodedKey: "uploads/a/b.jpg",
      sequencer: "1",
      time: new Date(0),
    };
    const record = recordOf(uploadOf(uploadEvent(object)));
    expect(eventOfRecord({ ...record, sequencer: undefined }, place)).toBeUndefined();
    expect(eventOfRecord({ ...record, originalKey: "uploads/a/c.jpg" }, place)).toBeUndefined();
    expect(eventOfRecord(record, { ...place, sourceBucket: "others" })).toBeUndefined();
  });
});
