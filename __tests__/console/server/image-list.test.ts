import fc from "fast-check";

interface Image {
  readonly imageId: string;
  readonly timestamp: number;
  readonly version: number;
}

interface Images {
  readonly items: readonly Image[];
  get(imageId: string): Image | undefined;
  addPage(images: readonly Image[]): void;
  put(image: Image): void;
  remove(imageId: string): void;
}

const { ImageList } = require("../../../console/page/gallery/image-list.js") as { ImageList: new () => Images };

const image = fc.record({
  imageId: fc.constantFrom("a", "b", "c", "d", "e", "f"),
  timestamp: fc.integer({ min: 1, max: 4 }),
  version: fc.nat(),
});
const change = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), image }),
  fc.record({ kind: fc.constant("remove" as const), image }),
  fc.record({ kind: fc.constant("page" as const), images: fc.uniqueArray(image, { selector: (one) => one.imageId }) }),
);

describe("the page's list of images", () => {
  test("has each image once, newest first, whatever way and in whatever order they come", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const list = new ImageList();
        const expected = new Map<string, Image>();
        const gone = new Set<string>();
        for (const step of changes) {
          if (step.kind === "page") {
            list.addPage(step.images);
            for (const one of step.images)
              if (!expected.has(one.imageId) && !gone.has(one.imageId)) expected.set(one.imageId, one);
          } else if (step.kind === "put") {
            list.put(step.image);
            expected.set(step.image.imageId, step.image);
            gone.delete(step.image.imageId);
          } else {
            list.remove(step.image.imageId);
            expected.delete(step.image.imageId);
            gone.add(step.image.imageId);
          }
        }
        const sorted = [...expected.values()].sort(
          (a, b) => b.timestamp - a.timestamp || (a.imageId < b.imageId ? -1 : 1),
        );
        expect(list.items).toEqual(sorted);
      }),
    );
  });
});
