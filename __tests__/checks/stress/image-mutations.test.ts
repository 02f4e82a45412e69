import fc from "fast-check";
import { deflatedZeros, png } from "../../../checks/images/image-containers";
import { mutatedImage, seededRandom } from "../../../checks/stress/image-mutations";

const IMAGES = [
  png({ width: 10, height: 10 }, deflatedZeros(310)),
  Buffer.from("GIF89a, more or less"),
  Buffer.alloc(0),
];

describe("mutatedImage", () => {
  test("follows from its seed, whatever the images are", () => {
    const images = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.integer(), images, (seed, files) => {
        const buffers = files.map((file) => Buffer.from(file));
        expect(mutatedImage(buffers, seededRandom(seed))).toEqual(mutatedImage(buffers, seededRandom(seed)));
      }),
    );
  });

  test("leaves the originals as they were, and differs from seed to seed", () => {
    const before = IMAGES.map((image) => image.toString("hex"));
    const mutated = Array.from({ length: 200 }, (_, seed) => mutatedImage(IMAGES, seededRandom(seed)).toString("hex"));
    expect(IMAGES.map((image) => image.toString("hex"))).toEqual(before);
    expect(new Set(mutated).size).toBeGreaterThan(120);
  });
});
