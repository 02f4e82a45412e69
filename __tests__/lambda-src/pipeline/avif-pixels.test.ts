import { avifDecodedPixels } from "../../../lambda-src/pipeline/avif-pixels";
import { avifGrid, box, withDimensions } from "../../support/avif-containers";
import { plain, quarters } from "../../support/images";

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
