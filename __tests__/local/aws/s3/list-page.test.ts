import fc from "fast-check";
import { listPage, type PagePosition, type PageQuery } from "../../../../local/aws/s3/list-page";
import { compareUtf8, SortedKeys } from "../../../../local/aws/s3/sorted-keys";
import { runsOf } from "../../../support/thorough";
import { objectKeys } from "./object-keys";

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const keyText = () => fc.oneof(fc.string({ unit: fc.constantFrom("a", "b", "/", "-"), maxLength: 6 }), objectKeys(4));
const sorted = (keys: readonly string[]) => new SortedKeys(keys.map((key) => [key, null] as const));

/** What a listing must hold, found the slow way: every key filtered, rolled up, each thing once. */
function model(keys: readonly string[], { prefix, delimiter, startAfter }: Omit<PageQuery, "maxKeys">): string[] {
  const selected = keys
    .filter((key) => key.startsWith(prefix) && (startAfter === "" || compareBytes(key, startAfter) > 0))
    .map((key) => {
      const found = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return found === -1 ? `key ${key}` : `prefix ${key.slice(0, found + delimiter.length)}`;
    });
  return [...new Set(selected)].sort();
}

function allPages(objects: SortedKeys<null>, query: PageQuery): string[] {
  const found: string[] = [];
  let resumeAfter: PagePosition | undefined;
  do {
    const page = listPage(objects, { ...query, ...(resumeAfter && { resumeAfter }) });
    expect(page.keys.length + page.commonPrefixes.length).toBeLessThanOrEqual(query.maxKeys);
    expect(page.keys).toEqual([...page.keys].sort(compareBytes));
    found.push(...page.keys.map((key) => `key ${key}`), ...page.commonPrefixes.map((prefix) => `prefix ${prefix}`));
    resumeAfter = page.end;
  } while (resumeAfter);
  return found.sort();
}

describe("compareUtf8", () => {
  test("is the order of the UTF-8 bytes", () => {
    fc.assert(
      fc.property(objectKeys(), objectKeys(), (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(compareBytes(a, b)));
      }),
    );
    expect(compareUtf8("\uffff", "🎉")).toBeLessThan(0);
  });
});

describe("SortedKeys", () => {
  test("is the same whether built at once or by insertions and deletions", () => {
    fc.assert(
      fc.property(fc.uniqueArray(objectKeys(5)), fc.array(fc.nat()), (keys, removals) => {
        const grown = sorted([]);
        for (const key of [...keys, ...keys]) grown.set(key, null);
        const removed = new Set(removals.map((removal) => keys[removal % keys.length]));
        for (const key of removed) if (key !== undefined) grown.delete(key);
        const left = keys.filter((key) => !removed.has(key)).sort(compareBytes);
        expect(left.map((_, index) => grown.keyAt(index))).toEqual(left);
        expect(grown.keyAt(left.length)).toBeUndefined();
      }),
    );
  });
});

describe("listPage", () => {
  test("pages of any size equal the model: everything once, in the order of UTF-8 bytes", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          keyText().filter((key) => key !== ""),
          { maxLength: 30 },
        ),
        fc.record({
          prefix: fc.oneof(fc.constant(""), keyText()),
          delimiter: fc.constantFrom("", "/", "-", "a/", "🎉"),
          startAfter: fc.oneof(fc.constant(""), keyText()),
          maxKeys: fc.integer({ min: 1, max: 7 }),
        }),
        (keys, query) => {
          expect(allPages(sorted(keys), query)).toEqual(model(keys, query));
        },
      ),
      runsOf(500),
    );
  });

  test("a page of nothing is complete", () => {
    const query = { prefix: "", delimiter: "", startAfter: "", maxKeys: 0 };
    expect(listPage(sorted(["a"]), query)).toEqual({ keys: [], commonPrefixes: [] });
  });

  test("steps over a common prefix of 100,000 keys", () => {
    const keys = Array.from({ length: 100_000 }, (_, n) => `a/${n}`);
    let comparisons = 0;
    const objects = sorted([...keys, "b"]);
    const search = objects.firstIndexWhere.bind(objects);
    objects.firstIndexWhere = (holds) =>
      search((key) => {
        comparisons += 1;
        return holds(key);
      });
    const page = listPage(objects, { prefix: "", delimiter: "/", startAfter: "", maxKeys: 1000 });
    expect(page).toEqual({ keys: ["b"], commonPrefixes: ["a/"] });
    expect(comparisons).toBeLessThan(100);
  });
});
