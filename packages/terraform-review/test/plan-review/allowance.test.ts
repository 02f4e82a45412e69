import fc from "fast-check";
import { readAllowance } from "../../src/plan/allowance";
import { BLOCK_KINDS, type BlockKind } from "../../src/plan/finding";

const kinds = fc.constantFrom(...(Object.keys(BLOCK_KINDS) as BlockKind[]));
/** Keys of `for_each` may hold anything. */
const addresses = fc
  .string({ unit: fc.constantFrom("a", "=", ":", '"', "\\", "[", "]", " ", "é") })
  .map((key) => `module.m["x:y=z"].aws_s3_bucket.b[${JSON.stringify(key)}]`);
const reasons = fc.string({ minLength: 1 }).map((text) => `because=${text.trim()}`);

test("an allowance has the address, the kind and the reason that it was written with", () => {
  fc.assert(
    fc.property(addresses, kinds, reasons, (address, kind, reason) => {
      expect(readAllowance(`${address}:${kind}=${reason}`)).toEqual({ address, kind, reason: reason.trim() });
    }),
  );
});

test.each([
  ["aws_s3_bucket.b", '"aws_s3_bucket.b" without a kind'],
  ["aws_s3_bucket.b=moved", '"aws_s3_bucket.b=moved" without a kind'],
  ["aws_s3_bucket.b:delete=moved", 'the kind "delete"'],
  ["aws_s3_bucket.b:destroy", '"aws_s3_bucket.b:destroy" without a reason'],
  ["aws_s3_bucket.b:destroy= ", '"aws_s3_bucket.b:destroy= " without a reason'],
  [":destroy=moved", '":destroy=moved" without a kind'],
])("%s is refused with the form that an allowance has", (text, got) => {
  expect(() => readAllowance(text)).toThrow(
    `--allow must be ADDRESS:KIND=REASON with a KIND of destroy, expire, public, account, unprotect, got ${got}`,
  );
});
