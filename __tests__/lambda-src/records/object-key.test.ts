import fc from "fast-check";
import { RejectedImage } from "../../../lambda-src/images/formats/rejected-image";
import {
  decodeObjectKey,
  encodeObjectKey,
  reasonToIgnore,
  userIdOf,
  userMetadata,
} from "../../../lambda-src/records/object-key";
import { objectKeys } from "../../local/aws/s3/object-keys";
import { anyText } from "../../support/any-text";
import { encodeObjectKey as encodeAsS3 } from "../../support/encoded-key";
import { runsOf } from "../../support/thorough";

describe("decodeObjectKey", () => {
  test.each([
    ["uploads/alice/a.jpg", "uploads/alice/a.jpg"],
    ["uploads/alice/a+b.jpg", "uploads/alice/a b.jpg"],
    ["uploads/alice/a%2Bb.jpg", "uploads/alice/a+b.jpg"],
    ["uploads/alice/a%20b.jpg", "uploads/alice/a b.jpg"],
    ["uploads/alice/s%C3%BC%C3%9F+a%2Bb%25.jpg", "uploads/alice/süß a+b%.jpg"],
    ["uploads/%F0%9F%98%80/%E5%86%99%E7%9C%9F.png", "uploads/😀/写真.png"],
    ["uploads/a/%2525.jpg", "uploads/a/%25.jpg"],
    ["uploads/a/%00%0A.jpg", "uploads/a/\0\n.jpg"],
  ])("decodes %j", (encoded, key) => {
    expect(decodeObjectKey(encoded)).toBe(key);
  });

  test.each(["%", "uploads/%zz.jpg", "uploads/%ff.jpg", "uploads/%c3", "uploads/%ed%a0%80.jpg", "a%2"])(
    "rejects %j, which is no encoded UTF-8",
    (encoded) => {
      expect(() => decodeObjectKey(encoded)).toThrow(
        expect.objectContaining({ code: "INVALID_KEY", message: "the object key must be percent-encoded UTF-8" }),
      );
    },
  );

  test("gives back every key that S3 encodes", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 200 }), (key) => {
        expect(decodeObjectKey(encodeAsS3(key))).toBe(key);
      }),
      runsOf(1000),
    );
  });

  test("decodes any text or rejects it", () => {
    const pieces = fc.array(fc.constantFrom("%", "+", "/", "c3", "bc", "a", "%41", "ü"), { maxLength: 12 });
    fc.assert(
      fc.property(
        pieces.map((parts) => parts.join("")),
        (text) => {
          try {
            expect(typeof decodeObjectKey(text)).toBe("string");
          } catch (error) {
            expect(error).toBeInstanceOf(RejectedImage);
          }
        },
      ),
    );
  });
});

describe("encodeObjectKey", () => {
  test.each([
    ["uploads/alice/süß a+b%.jpg", "uploads/alice/s%C3%BC%C3%9F+a%2Bb%25.jpg"],
    ["letters.digits-and_*/stay", "letters.digits-and_*/stay"],
    ["~!'()=&?#:@,;$\"<>[]{}|\\^`", "%7E%21%27%28%29%3D%26%3F%23%3A%40%2C%3B%24%22%3C%3E%5B%5D%7B%7D%7C%5C%5E%60"],
    ["🎉\n\0", "%F0%9F%8E%89%0A%00"],
  ])("%j becomes %j", (key, encoded) => {
    expect(encodeObjectKey(key)).toBe(encoded);
  });

  test("decodes to the key, and holds nothing but what S3 writes", () => {
    fc.assert(
      fc.property(objectKeys(), (key) => {
        expect(decodeObjectKey(encodeObjectKey(key))).toBe(key);
        expect(encodeObjectKey(key)).toMatch(/^[A-Za-z0-9%+/._*-]*$/);
      }),
    );
  });
});

describe("userIdOf", () => {
  test.each([
    ["uploads/alice/a.jpg", "alice"],
    ["uploads/alice/2026/11/a.jpg", "alice"],
    ["uploads/a b/c.jpg", "a b"],
    ["uploads/alice/", "alice"],
    ["uploads/a.jpg", "unknown"],
    ["uploads//a.jpg", "unknown"],
    ["uploads", "unknown"],
    ["", "unknown"],
  ])("of %j is %j", (key, user) => {
    expect(userIdOf(key)).toBe(user);
  });
});

describe("reasonToIgnore", () => {
  test.each([
    ["uploads/a.jpg", undefined],
    ["uploads/alice/a.jpg", undefined],
    ["uploads/alice/", "folder marker"],
    ["uploads/", "folder marker"],
    ["uploads", "key outside uploads/"],
    ["Uploads/a.jpg", "key outside uploads/"],
    ["originals/uploads/a.jpg", "key outside uploads/"],
    ["/uploads/a.jpg", "key outside uploads/"],
    ["", "key outside uploads/"],
  ])("of %j is %j", (key, reason) => {
    expect(reasonToIgnore(key)).toBe(reason);
  });
});

describe("userMetadata", () => {
  test("is ASCII of at most 1,024 characters, and differs for users that differ", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 400 }), anyText({ maxLength: 400 }), (a, b) => {
        expect(userMetadata(a)).toMatch(/^[!-~]{0,1024}$/);
        expect(userMetadata(a) === userMetadata(b)).toBe(a === b);
      }),
      runsOf(50),
    );
  });

  test("percent-encodes, and hashes what would be too long for S3", () => {
    expect(userMetadata("ann")).toBe("ann");
    expect(userMetadata("süß a/b:c")).toBe("s%C3%BC%C3%9F%20a%2Fb%3Ac");
    expect(userMetadata("ü".repeat(400))).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
