import fc from "fast-check";
import { imageIdOf } from "../../../lambda-src/records/image-identity";

const text = fc.string({ maxLength: 40 });
const version = fc.record({ bucket: text, key: text, version: text });

describe("imageIdOf", () => {
  // printf '%s' '["photos","uploads/alice/a.jpg","v1"]' | sha256sum
  test.each([
    [{ bucket: "photos", key: "uploads/alice/a.jpg", version: "v1" }, "ff616110-8c8f-da3f-faad-211411b61d99"],
    [
      {
        bucket: "photo-uploads-123456789012-dev",
        key: "uploads/alice/süß a+b%.jpg",
        version: "3HL4kqtJvjVBH40Nrjfkd",
      },
      "8c0d1f70-8640-c3d1-fa00-3b4331dc8d86",
    ],
    [
      { bucket: "b", key: 'uploads/😀/"quoted"\n.jpg', version: "0055AED6DCD90281E5" },
      "31d9698e-f87f-3749-2d7f-03b7f44e901b",
    ],
  ])("of %j is fixed for ever", (object, id) => {
    expect(imageIdOf(object)).toBe(id);
  });

  test("is the same for the same object, and another for any other", () => {
    fc.assert(
      fc.property(version, version, (one, other) => {
        const same = one.bucket === other.bucket && one.key === other.key && one.version === other.version;
        expect(imageIdOf({ ...one })).toBe(imageIdOf(one));
        expect(imageIdOf(one) === imageIdOf(other)).toBe(same);
        expect(imageIdOf(one)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }),
    );
  });

  test("keeps the parts apart", () => {
    expect(imageIdOf({ bucket: "a", key: "b/c", version: "" })).not.toBe(
      imageIdOf({ bucket: "a", key: "b", version: "/c" }),
    );
    expect(imageIdOf({ bucket: 'a","b', key: "c", version: "d" })).not.toBe(
      imageIdOf({ bucket: "a", key: 'b","c', version: "d" }),
    );
  });
});
