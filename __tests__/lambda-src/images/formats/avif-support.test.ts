import fc from "fast-check";
import { av1Units, avifStill, box, codedImages } from "../../../../checks/images/avif-containers";
import { plain, quarters, VALID_IMAGES } from "../../../../checks/images/pictures";
import { decodeImage } from "../../../../lambda-src/images/decode";
import { av1Colours } from "../../../../lambda-src/images/formats/av1-colours";
import { avifColours } from "../../../../lambda-src/images/formats/avif-colours";
import { unlessRangeError } from "../../../support/range-error";

const LIMITS = { maxPixels: 1_000_000, memoryBudgetBytes: 600_000_000 };
const decode = (bytes: Buffer) => decodeImage(bytes, [{ width: 50, height: 50 }], LIMITS);
const still = () => plain(64, 64).avif({ effort: 0 }).toBuffer();

const withType = (avif: Buffer, type: string): Buffer =>
  Buffer.from(avif.toString("latin1").replace("av01", type), "latin1");

describe("an AVIF", () => {
  test.each([
    ["hvc1", "HEIC"],
    ["j2k1", "HEIF with JPEG 2000"],
    ["unci", "uncompressed HEIF"],
    ["iovl", "an AVIF whose image has the type iovl"],
  ])("whose image has the type %s is refused as %s", async (type, what) => {
    await expect(decode(withType(await still(), type))).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining(`this is ${what}, which`),
    });
  });

  test("of a film alone is refused as such", async () => {
    const film = Buffer.concat([box("ftyp", "avis", Buffer.alloc(4), "avis"), box("moov", Buffer.alloc(100))]);
    await expect(decode(film)).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining("an AVIF sequence without a still image"),
    });
  });

  test("with a film behind its still image shows that", async () => {
    const [colour] = codedImages(await still());
    if (!colour) throw new Error("there must be an image");
    const avif = avifStill({ size: [64, 64], colour, majorBrand: "avis" });
    const withFilm = Buffer.concat([avif, box("moov", Buffer.alloc(100))]);
    expect((await decode(withFilm)).dimensions).toEqual({ width: 64, height: 64 });
  });
});

describe("avifColours", () => {
  const SRGB = { primaries: 1, transfer: 13, matrix: 6, fullRange: true };

  test.each([8, 10, 12] as const)("reads the bitstream's of %i bits where no box says them", async (bitdepth) => {
    const avif = await quarters(64, 64).avif({ effort: 0, bitdepth }).toBuffer();
    const colours = avifColours(avif);
    expect(colours).toEqual({ bits: bitdepth, monochrome: false, ...SRGB, premultiplied: false });
  });

  test("takes what a box says before what the bitstream says", async () => {
    const [colour] = codedImages(await still());
    if (!colour) throw new Error("there must be an image");
    const nclx = { values: [9, 16, 9], fullRange: false } as const;
    expect(avifColours(avifStill({ size: [64, 64], colour, nclx }))).toMatchObject({
      primaries: 9,
      transfer: 16,
      matrix: 9,
      fullRange: false,
    });
  });

  test("ends for any damage, with colours or a RangeError", async () => {
    const images = await Promise.all(["opaque.avif", "alpha.avif", "deep.avif"].map((name) => VALID_IMAGES[name]?.()));
    const damage = fc.array(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...images), damage, (image = Buffer.alloc(0), bytes) => {
        const copy = Buffer.from(image);
        for (const [offset, value] of bytes) copy[offset] = value;
        unlessRangeError(() => avifColours(copy));
      }),
    );
  });
});

describe("av1Colours", () => {
  test("reads a header with all that films have", () => {
    const bits = new BitWriter();
    // Main profile, no still image, not reduced.
    bits.add(3, 0).add(1, 0).add(1, 0);
    // Time, with equal pictures, and a decoder model with delays of 10 bits.
    bits.add(1, 1).add(32, 1).add(32, 25).add(1, 1).add(3, 0b010).add(1, 1).add(5, 9).add(32, 1).add(5, 3).add(5, 3);
    // Two operating points, the first with a tier and everything else.
    bits.add(1, 1).add(5, 1);
    bits.add(12, 0).add(5, 13).add(1, 1).add(1, 1).add(21, 0).add(1, 1).add(4, 7);
    bits.add(12, 0).add(5, 4).add(1, 0).add(1, 0);
    // The size, and numbers of frames.
    bits.add(4, 9).add(4, 8).add(10, 999).add(9, 499).add(1, 1).add(7, 0);
    // Tools: order hints, screen content and integer vectors that are told.
    bits.add(3, 0).add(4, 15).add(1, 1).add(2, 3).add(1, 0).add(1, 1).add(1, 0).add(1, 1).add(3, 6).add(3, 0);
    // Ten bits, colour, described, not of the full range.
    bits.add(1, 1).add(1, 0).add(1, 1).add(8, 9).add(8, 18).add(8, 9).add(1, 0);
    expect(av1Colours(unit(1, bits.bytes))).toEqual({
      bits: 10,
      monochrome: false,
      primaries: 9,
      transfer: 18,
      matrix: 9,
      fullRange: false,
    });
  });

  test("finds none without a sequence header", async () => {
    const units = av1Units(await still());
    expect(av1Colours(units)).toBeDefined();
    expect(av1Colours(unit(2, Buffer.alloc(0)))).toBeUndefined();
  });
});

/** An AV1 unit with its size. */
const unit = (type: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.of((type << 3) | 2, content.length), content]);

class BitWriter {
  #bits = "";

  add(length: number, value: number): this {
    this.#bits += value.toString(2).padStart(length, "0");
    return this;
  }

  get bytes(): Buffer {
    const padded = this.#bits.padEnd(Math.ceil(this.#bits.length / 8) * 8, "0");
    return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }
}
