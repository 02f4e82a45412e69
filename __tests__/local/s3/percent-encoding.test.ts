import fc from "fast-check";
import { encodeLikeForm } from "../../../local/s3/percent-encoding";
import { objectKeys } from "./object-keys";

describe("encodeLikeForm", () => {
  test.each([
    ["uploads/alice/süß a+b%.jpg", "uploads/alice/s%C3%BC%C3%9F+a%2Bb%25.jpg"],
    ["letters.digits-and_*/stay", "letters.digits-and_*/stay"],
    ["~!'()=&?#:@,;$\"<>[]{}|\\^`", "%7E%21%27%28%29%3D%26%3F%23%3A%40%2C%3B%24%22%3C%3E%5B%5D%7B%7D%7C%5C%5E%60"],
    ["🎉\n\0", "%F0%9F%8E%89%0A%00"],
  ])("%j becomes %j", (key, encoded) => {
    expect(encodeLikeForm(key)).toBe(encoded);
  });

  test("decodes to the key by replacing + and percent-decoding", () => {
    fc.assert(
      fc.property(objectKeys(), (key) => {
        const encoded = encodeLikeForm(key);
        expect(decodeURIComponent(encoded.replaceAll("+", " "))).toBe(key);
        expect(encoded).toMatch(/^[A-Za-z0-9%+/._*-]*$/);
      }),
    );
  });
});
