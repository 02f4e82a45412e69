import fc from "fast-check";
import { av1Units, avifGrid, box, withAv1Units, withDimensions } from "../../../../checks/images/avif-containers";
import { plain, quarters, VALID_IMAGES } from "../../../../checks/images/pictures";
import { avifDecodedPixels } from "../../../../lambda-src/images/formats/avif-pixels";
import { unlessRangeError } from "../../../support/range-error";
import { runsOf } from "../../../support/thorough";

const still = () => plain(64, 64).avif({ effort: 0 }).toBuffer();

describe("avifDecodedPixels", () => {
  test("counts the pixels of a coded image", async () => {
    expect(avifDecodedPixels(await plain(70, 30).avif({ effort: 0 }).toBuffer())).toBe(2100);
  });

  test("counts colour or alpha, whichever is more", async () => {
    const both = await quarters(64, 48, 0).avif({ effort: 0 }).toBuffer();
    expect(avifDecodedPixels(both)).toBe(64 * 48);
    expect(avifDecodedPixels(withDimensions(both, 1000, 500))).toBe(500_000);
  });

  test("counts the tiles of a grid, not the grid", async () => {
    const tiles = { tile: await still(), tileSize: [64, 64], rows: 3, columns: 2 } as const;
    expect(avifDecodedPixels(avifGrid({ ...tiles, size: [128, 192] }))).toBe(6 * 64 * 64);
    expect(avifDecodedPixels(avifGrid({ ...tiles, tileSize: [5000, 4000], size: [64, 64] }))).toBe(120_000_000);
  });

  test("counts a further frame as a quarter, up to eight frames", async () => {
    const avif = await still();
    const frames = (count: number): Buffer =>
      withAv1Units(avif, Buffer.concat(Array.from({ length: count }, () => av1Units(avif))));
    expect(avifDecodedPixels(frames(2))).toBe(4096 * 1.25);
    expect(avifDecodedPixels(frames(8))).toBe(4096 * 2.75);
    expect(() => avifDecodedPixels(frames(9))).toThrow("image 1 must have at most 8 frames, got 9");
  });

  test("counts the frames of a tile and of its configuration", async () => {
    const tile = await still();
    const grid = { tile, tileSize: [64, 64], rows: 2, columns: 2, size: [128, 128] } as const;
    const units = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => av1Units(tile)));
    expect(avifDecodedPixels(avifGrid({ ...grid, configurationUnits: units(7) }))).toBe(4 * 4096 * 2.75);
    expect(() => avifDecodedPixels(avifGrid({ ...grid, configurationUnits: units(8) }))).toThrow("got 9");
    expect(() => avifDecodedPixels(avifGrid({ ...grid, tile: withAv1Units(tile, units(9)) }))).toThrow("got 9");
  });

  test("ends for any damage, with a count or a RangeError", async () => {
    const images = await Promise.all(["opaque.avif", "alpha.avif", "deep.avif"].map((name) => VALID_IMAGES[name]?.()));
    const damage = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...images), damage, (image = Buffer.alloc(0), bytes) => {
        const copy = Buffer.from(image);
        for (const [offset, value] of bytes) copy[offset] = value;
        expect(unlessRangeError(() => avifDecodedPixels(copy)) ?? 0).toBeGreaterThanOrEqual(0);
      }),
      runsOf(1000),
    );
  });

  test("does not mind what follows the last box", async () => {
    expect(avifDecodedPixels(Buffer.concat([await still(), Buffer.from("abc")]))).toBe(4096);
  });

  test.each([
    ["no meta box", (avif: Buffer) => replaced(avif, "meta", "free")],
    ["two meta boxes", (avif: Buffer) => Buffer.concat([avif, box("meta", Buffer.alloc(4))])],
    ["no primary image", (avif: Buffer) => replaced(avif, "pitm", "free")],
    ["no dimensions", (avif: Buffer) => replaced(avif, "iprp", "free")],
    ["an overlay of images", (avif: Buffer) => replaced(avif, "av01", "iovl")],
    ["a derived image of nothing known", (avif: Buffer) => replaced(avif, "av01", "iden")],
  ])("throws on %s", async (_, damage) => {
    const avif = damage(await still());
    expect(() => avifDecodedPixels(avif)).toThrow();
  });
});

const replaced = (bytes: Buffer, type: string, other: string): Buffer =>
  Buffer.from(bytes.toString("latin1").replace(type, other), "latin1");
