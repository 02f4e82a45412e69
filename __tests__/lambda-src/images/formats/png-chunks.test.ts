import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { deflatedZeros, png, pngChunk } from "../../../../checks/images/image-containers";
import { quarters } from "../../../../checks/images/pictures";
import { findPngChunk, pngForDecoding, pngHeaderChunks } from "../../../../lambda-src/images/formats/png-chunks";

const pngWith = (...chunks: readonly Buffer[]): Buffer => png({ width: 10, height: 10 }, deflatedZeros(310), chunks);
const typesOf = (bytes: Buffer): readonly string[] => [...pngHeaderChunks(bytes)].map(({ type }) => type);
const PLAIN = pngWith();

describe("pngForDecoding", () => {
  test("gives back a file without anything to drop as it is", async () => {
    const written = await quarters(96, 64).png().withMetadata({ orientation: 6 }).withIccProfile("p3").toBuffer();
    expect(typesOf(written)).toEqual(expect.arrayContaining(["IHDR", "iCCP", "eXIf"]));
    expect(pngForDecoding(written)).toBe(written);
  });

  test.each(["tEXt", "zTXt", "iTXt", "sPLT", "hIST", "bKGD", "acTL", "fcTL", "fdAT", "prVt"])("drops %s", (type) => {
    const chunk = pngChunk(type, Buffer.alloc(100));
    const cicp = pngChunk("cICP", Buffer.of(12, 13, 0, 1));
    expect(pngForDecoding(pngWith(chunk, cicp, chunk, chunk)).equals(pngWith(cicp))).toBe(true);
  });

  test("keeps the first of a kind alone", () => {
    const [one, other] = [45_455, 100_000].map((gamma) => {
      const data = Buffer.alloc(4);
      data.writeUInt32BE(gamma);
      return pngChunk("gAMA", data);
    }) as [Buffer, Buffer];
    expect(pngForDecoding(pngWith(one, other, one)).equals(pngWith(one))).toBe(true);
  });

  test("keeps critical chunks, which a decoder must understand or refuse", () => {
    const unknown = pngWith(pngChunk("NEWx", Buffer.alloc(3)));
    expect(pngForDecoding(unknown)).toBe(unknown);
  });

  test.each([
    [3 * 1_048_576, true],
    [5 * 1_048_576, false],
  ])("judges a colour profile by the %d bytes that it inflates to", (bytes, kept) => {
    const profile = Buffer.alloc(bytes);
    profile.writeUInt32BE(bytes);
    const file = pngWith(pngChunk("iCCP", Buffer.concat([Buffer.from("icc\0\0", "latin1"), deflateSync(profile)])));
    expect(pngForDecoding(file).equals(kept ? file : PLAIN)).toBe(true);
  });

  test("drops EXIF that no camera writes", () => {
    expect(pngForDecoding(pngWith(pngChunk("eXIf", Buffer.alloc(65_536)))).equals(PLAIN)).toBe(true);
  });

  test("leaves the same pixels, orientation and profile of a file with text", async () => {
    const written = await quarters(96, 64).png().withMetadata({ orientation: 6 }).withIccProfile("p3").toBuffer();
    const ihdrEnd = 33;
    const text = pngChunk("tEXt", Buffer.from("Comment\0text", "latin1"));
    const commented = Buffer.concat([written.subarray(0, ihdrEnd), text, written.subarray(ihdrEnd)]);
    expect(pngForDecoding(commented).equals(written)).toBe(true);
    expect((await sharp(pngForDecoding(commented)).metadata()).orientation).toBe(6);
  });

  test("leaves the end of a file that is cut short", () => {
    const text = pngChunk("tEXt", Buffer.alloc(100));
    const cut = pngWith(text, text).subarray(0, 200);
    expect(pngForDecoding(cut).length).toBe(200 - text.length);
  });

  test("returns a part of the file for any bytes", () => {
    const chunks = fc.array(
      fc.tuple(
        fc.constantFrom("IHDR", "PLTE", "tEXt", "iCCP", "eXIf", "IDAT", "IEND"),
        fc.uint8Array({ maxLength: 40 }),
      ),
    );
    fc.assert(
      fc.property(chunks, fc.uint8Array({ maxLength: 40 }), (parts, tail) => {
        const file = Buffer.concat([
          PLAIN.subarray(0, 8),
          ...parts.map(([type, data]) => pngChunk(type, Buffer.from(data))),
          tail,
        ]);
        const filtered = pngForDecoding(file);
        expect(filtered.length).toBeLessThanOrEqual(file.length);
        expect(pngForDecoding(filtered)).toBe(filtered);
      }),
    );
  });
});

describe("findPngChunk", () => {
  const cicp = pngChunk("cICP", Buffer.of(9, 16, 0, 1));

  test("finds the first of its type before the pixels", () => {
    expect(findPngChunk(pngWith(cicp, pngChunk("cICP", Buffer.of(1, 1, 1, 1))), "cICP")).toEqual(
      Buffer.of(9, 16, 0, 1),
    );
  });

  test("finds none after the pixels", () => {
    expect(findPngChunk(Buffer.concat([PLAIN, cicp]), "cICP")).toBeUndefined();
  });
});
