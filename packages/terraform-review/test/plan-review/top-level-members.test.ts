import fc from "fast-check";
import { topLevelMembers } from "../../src/plan/top-level-members";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const NAMES = fc.string({ unit: fc.constantFrom("a", "é", "日", "😀", " ", "{", "[", ",", ":") });

function parsed(members: ReadonlyMap<string, Uint8Array> | undefined): unknown {
  return (
    members &&
    Object.fromEntries([...members].map(([name, value]) => [name, JSON.parse(new TextDecoder().decode(value))]))
  );
}

describe("members of a JSON object", () => {
  test("are those that JSON.parse finds", () => {
    fc.assert(
      fc.property(
        fc.dictionary(NAMES, fc.jsonValue(), { noNullPrototype: true }),
        fc.constantFrom(0, 1, "\t"),
        (object, space) => {
          const text = JSON.stringify(object, null, space);
          expect(parsed(topLevelMembers(bytesOf(text)))).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  test.each(["", "[]", "null", '"text"', "{", '{"a": [', '{"a": "b', '{"a": "\\"}', "{} {}", "}"])(
    "are not found in %j",
    (text) => {
      expect(topLevelMembers(bytesOf(text))).toBeUndefined();
    },
  );
});
