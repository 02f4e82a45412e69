import { findViolations, type Remains } from "../../../checks/faults/stress-verdict";
import type { ImageRecord } from "../../../lambda-src/records/image-record";

const NAMES = ["thumbnail", "small", "medium"];

const completed = (imageId: string): ImageRecord => ({
  imageId,
  timestamp: 1,
  userId: "alice",
  originalKey: "uploads/alice/1.jpg",
  processingStatus: "completed",
  attempts: 1,
  ttl: 2,
  previews: Object.fromEntries(NAMES.map((name) => [name, `previews/${imageId}/${name}.jpg`])),
});
const other = (imageId: string, processingStatus: ImageRecord["processingStatus"]): ImageRecord => {
  const { previews, ...record } = completed(imageId);
  return { ...record, processingStatus };
};

function verdict(records: readonly ImageRecord[], changes: Partial<Remains> = {}) {
  const violations = findViolations({
    uploaded: new Set(records.map(({ imageId }) => imageId)),
    records,
    previewKeys: new Set(records.flatMap(({ previews = {} }) => Object.values(previews))),
    deadLetters: [],
    ...changes,
  });
  return Object.fromEntries(Object.entries(violations).filter(([, ids]) => ids.length > 0));
}

describe("findViolations", () => {
  test("finds nothing where all is well", () => {
    expect(verdict([completed("a"), completed("b")], { deadLetters: ["a"] })).toEqual({});
    expect(verdict([other("a", "failed")], { deadLetters: ["a"] })).toEqual({});
  });

  test.each<[string, readonly ImageRecord[], Partial<Remains>]>([
    ["lost", [], { uploaded: new Set(["a"]) }],
    ["invented", [completed("a")], { uploaded: new Set() }],
    ["duplicateItems", [completed("a"), { ...completed("a"), timestamp: 2 }], {}],
    ["stuck", [other("a", "processing")], {}],
    ["stuck", [other("a", "pending")], {}],
    ["failedForGood", [other("a", "failed")], {}],
    ["missingPreviews", [completed("a")], { previewKeys: new Set(["previews/a/small.jpg"]) }],
    ["missingPreviews", [other("a", "completed")], {}],
    ["unaccountedDeadLetters", [], { deadLetters: ["a"] }],
  ])("finds %s", (name, records, changes) => {
    expect(verdict(records, changes)).toEqual({ [name]: ["a"] });
  });
});
