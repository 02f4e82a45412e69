import fc from "fast-check";
import sharp from "sharp";
import { withBrands } from "../../../checks/images/avif-containers";
import { deflatedZeros, png, withChunks } from "../../../checks/images/image-containers";
import {
  distance,
  plain,
  QUARTER_CENTRES,
  QUARTERS,
  quarters,
  samplesOf,
  VALID_IMAGES,
} from "../../../checks/images/pictures";
import { stripTiff, tiffHeader } from "../../../checks/images/tiff-containers";
import { mutatedImage, seededRandom } from "../../../checks/stress/image-mutations";
import { decodeImage } from "../../../lambda-src/images/decode";
import type { RejectedImage } from "../../../lambda-src/images/formats/rejected-image";
import { rejectionOf } from "../../support/rejection";
import { runsOf } from "../../support/thorough";

const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 644_000_000 };
const BOXES = [
  { width: 50, height: 50 },
  { width: 20, height: 20 },
];
const decode = (bytes: Buffer) => decodeImage(bytes, BOXES, LIMITS);
const valid = (name: string): Promise<Buffer> => VALID_IMAGES[name]?.() ?? Promise.reject(new Error(name));

describe("decodeImage, on every kind that is accepted", () => {
  const SAME_COLOURS = Object.entries(VALID_IMAGES).filter(([name]) => !/grey|cmyk|exif|planar/.test(name));

  test.each(SAME_COLOURS)("decodes %s to 8-bit sRGB in its colours", async (_, encode) => {
    const { dimensions, base } = await decode(await encode());
    const samples = await samplesOf(sharp(base.data, { raw: base }));
    expect(dimensions).toEqual({ width: 96, height: 64 });
    expect([base.width, base.height, base.data.length]).toEqual([50, 33, 50 * 33 * base.channels]);
    // The first quarter may be transparent, and then has no colour.
    for (const quarter of [1, 2, 3]) {
      const [x, y] = QUARTER_CENTRES[quarter] ?? [0, 0];
      const { r, g, b } = QUARTERS[quarter] ?? { r: 0, g: 0, b: 0 };
      expect(distance(samples.at(x, y), [r, g, b, 255])).toBeLessThan(14);
    }
  });

  test("decodes CMYK near its colours, grey to its lightness", async () => {
    const cmyk = (await decode(await valid("cmyk.jpg"))).base;
    const grey = (await decode(await valid("grey.jpg"))).base;
    expect([cmyk.channels, grey.channels]).toEqual([3, 3]);
    const inked = await samplesOf(sharp(cmyk.data, { raw: cmyk }));
    const { r, g, b } = QUARTERS[3] ?? { r: 0, g: 0, b: 0 };
    expect(distance(inked.at(0.75, 0.75), [r, g, b, 255])).toBeLessThan(40);
    const [red, green, blue] = (await samplesOf(sharp(grey.data, { raw: grey }))).at(0.75, 0.75);
    expect([green, blue]).toEqual([red, red]);
    expect(red).toBeGreaterThan(200);
  });

  test.each(["jpeg", "png", "webp", "tiff", "avif"] as const)("converts a wide gamut %s to sRGB", async (format) => {
    const wide = await quarters(96, 64).withIccProfile("p3").toFormat(format, { quality: 95 }).toBuffer();
    const { base } = await decode(wide);
    const samples = await samplesOf(sharp(base.data, { raw: base }));
    QUARTER_CENTRES.forEach(([x, y], quarter) => {
      const { r, g, b } = QUARTERS[quarter] ?? { r: 0, g: 0, b: 0 };
      expect(distance(samples.at(x, y), [r, g, b, 255])).toBeLessThan(14);
    });
  });

  test.each(["animated.gif", "animated.webp"])("takes the first frame of %s", async (name) => {
    const { dimensions, base } = await decode(await valid(name));
    expect(dimensions).toEqual({ width: 96, height: 64 });
    expect((await samplesOf(sharp(base.data, { raw: base }))).at(0.75, 0.75)[0]).toBeGreaterThan(200);
  });

  test("takes the first page of a TIFF", async () => {
    const pages = sharp([await quarters(96, 64).png().toBuffer(), await plain(96, 64).png().toBuffer()], {
      join: { animated: true },
    });
    const { dimensions, base } = await decode(await pages.tiff().toBuffer());
    expect(dimensions).toEqual({ width: 96, height: 64 });
    const { r, g, b } = QUARTERS[1] ?? { r: 0, g: 0, b: 0 };
    const samples = await samplesOf(sharp(base.data, { raw: base }));
    expect(distance(samples.at(0.75, 0.25), [r, g, b, 255])).toBeLessThan(14);
  });
});

describe("decodeImage, on transparency", () => {
  test.each(["alpha.png", "lossless.webp", "still.gif", "tiled.tif", "alpha.avif"])("sees it in %s", async (name) => {
    expect((await decode(await valid(name))).transparent).toBe(true);
  });

  test.each(["png", "tiff", "avif"] as const)("sees none in a %s whose alpha is opaque", async (format) => {
    const image = quarters(96, 64, 255);
    const bytes = await (format === "tiff" ? image.tiff({ compression: "lzw" }) : image.toFormat(format)).toBuffer();
    expect((await sharp(bytes).metadata()).hasAlpha).toBe(true);
    expect((await decode(bytes)).transparent).toBe(false);
  });

  test("sees none in an opaque GIF, which has four channels once decoded", async () => {
    expect((await decode(await quarters(96, 64).gif().toBuffer())).transparent).toBe(false);
  });
});

describe("decodeImage, on the size of the base", () => {
  const baseOf = async (width: number, height: number, boxes: readonly { width: number; height: number }[]) => {
    const { base } = await decodeImage(await plain(width, height).png().toBuffer(), boxes, LIMITS);
    return [base.width, base.height];
  };

  test("is the largest preview's, whichever box that comes from", async () => {
    const boxes = [
      { width: 10, height: 10 },
      { width: 300, height: 20 },
      { width: 25, height: 40 },
    ];
    expect(await baseOf(400, 200, boxes)).toEqual([40, 20]);
    expect(await baseOf(200, 400, boxes)).toEqual([20, 40]);
    expect(await baseOf(900, 30, boxes)).toEqual([300, 10]);
  });

  test("is never larger than the original", async () => {
    expect(await baseOf(30, 20, [{ width: 4096, height: 4096 }])).toEqual([30, 20]);
    expect(await baseOf(1, 1, BOXES)).toEqual([1, 1]);
  });
});

describe("decodeImage, on what it refuses", () => {
  test.each([
    ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ["HEIF", "\0\0\0\x18ftypmif1\0\0\0\0mif1heic"],
    ["camera raw", "\0\0\0\x18ftypcrx \0\0\0\x01crx isom"],
    ["camera raw", "FUJIFILMCCD-RAW 0201"],
    ["camera raw", "IIU\0\x18\0\0\0"],
    ["camera raw", "IIRO\x08\0\0\0"],
    ["a MOV video", "\0\0\0\x14ftypqt  \0\0\0\0qt  "],
    ["an MP4 video", "\0\0\0\x18ftypmp42\0\0\0\0mp42isom"],
    ["JPEG XL", "\xff\x0a\xfa\x1f"],
    ["JPEG XL", "\0\0\0\x0cJXL \r\n\x87\n"],
    ["JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"],
    ["JPEG 2000", "\xff\x4f\xff\x51"],
    ["JPEG XR", "II\xbc\x01"],
    ["a Photoshop document", "8BPS\0\x01"],
    ["a GIMP image", "gimp xcf v011"],
    ["a PDF document", "%PDF-1.7"],
    ["PostScript", "%!PS-Adobe-3.0"],
    ["an icon", "\0\0\x01\0\x01\0"],
    ["BMP", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0"],
    ["OpenEXR", "\x76\x2f\x31\x01\x02\0\0\0"],
    ["Radiance HDR", "#?RADIANCE\n"],
    ["DDS", "DDS \x7c\0\0\0"],
    ["a Netpbm image", "P6\n2 2\n255\n"],
    ["an AVI video", "RIFF\x24\0\0\0AVI LIST"],
    ["a WAV recording", "RIFF\x24\0\0\0WAVEfmt "],
    ["a WebM or Matroska video", "\x1a\x45\xdf\xa3\x01"],
    ["a ZIP archive", "PK\x03\x04\x14\0"],
    ["a gzip archive", "\x1f\x8b\x08\0"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
    ["SVG", '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>'],
    ["HTML", "\n<!DOCTYPE html><html></html>"],
    ["XML", '<?xml version="1.0"?><feed/>'],
    ["text", '{ "error": "AccessDenied" }'],
    ["an unknown kind of file", "\xff"],
    ["an unknown kind of file", "\x01\x02\x03\x04 and more"],
  ])("refuses %s as unsupported, and says what it is", async (what, text) => {
    await expect(decode(Buffer.from(text, "latin1"))).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: `this is ${what}, which is not supported; JPEG, PNG, WebP, GIF, TIFF and AVIF images are`,
    });
  });

  test.each([
    [0xc3, 8, "lossless coding"],
    [0xc5, 8, "hierarchical coding"],
    [0xf7, 8, "JPEG-LS coding"],
    [0xc1, 12, "12 bits a sample"],
    [0xc2, 12, "12 bits a sample"],
  ])("refuses a JPEG whose frame is %i with %i bits as one with %s", async (marker, bits, what) => {
    const jpeg = Buffer.from(await valid("baseline.jpg"));
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg[frame + 1] = marker;
    jpeg[frame + 4] = bits;
    await expect(decode(jpeg)).rejects.toMatchObject({
      code: "UNSUPPORTED_FORMAT",
      message: expect.stringContaining(`a JPEG with ${what}`),
    });
  });

  test("refuses a PNG that was made for an app", async () => {
    const png = withChunks(await valid("rgb.png"), [["CgBI", Buffer.from([0x50, 0, 0x20, 6])]]);
    await expect(decode(png)).rejects.toMatchObject({ code: "UNSUPPORTED_FORMAT" });
  });

  test("refuses HEIC by its brands, and behind the brands of AVIF by its codec", async () => {
    const avif = await valid("opaque.avif");
    expect(await rejectionOf(decode(withBrands(avif, "heic")))).toBe("UNSUPPORTED_FORMAT");
    const disguised = Buffer.from(avif.toString("latin1").replace("av01", "hvc1"), "latin1");
    expect(await rejectionOf(decode(disguised))).toMatch(/^(UNSUPPORTED_FORMAT|DECODE_ERROR)$/);
  });

  test.each(["\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "RIFF\0\0\0\0WEBP", "GIF89a", "II*\0", "\0\0\0\x10ftypavif\0\0\0\0"])(
    "refuses %j with nothing behind it",
    async (signature) => {
      expect(await rejectionOf(decode(Buffer.from(signature, "latin1")))).toBe("DECODE_ERROR");
    },
  );

  test("refuses a TIFF with more channels than colour and alpha", async () => {
    const five = stripTiff(30, 20, { samples: 5, bits: 8, format: 1 });
    expect(await rejectionOf(decode(five))).toBe("UNSUPPORTED_FORMAT");
  });

  test("says why, and keeps what the decoder said", async () => {
    const work = decode(png({ width: 10, height: 10 }, deflatedZeros(5)));
    await expect(work).rejects.toMatchObject({
      code: "DECODE_ERROR",
      message: expect.stringContaining("the image cannot be decoded: "),
      cause: expect.any(Error),
    } satisfies Partial<Record<keyof RejectedImage, unknown>>);
  });

  test("announces no reason where the decoder gives none", async () => {
    await expect(decode(png({ width: 0, height: 1 }))).rejects.toThrow(
      /^the image cannot be decoded: Input buffer has corrupt header$/,
    );
  });

  test("refuses each limit from the header, before there is a pixel", async () => {
    const header = tiffHeader(1000, 1000, { samples: 3, bits: 8, format: 1 });
    const code = (limits: Partial<typeof LIMITS>) => rejectionOf(decodeImage(header, BOXES, { ...LIMITS, ...limits }));
    expect(await code({ maxPixels: 999_999 })).toBe("PIXEL_LIMIT");
    expect(await code({ memoryBudgetBytes: 4_499_999 })).toBe("PIXEL_LIMIT");
    expect(await code({ maxPixels: 1_000_000, memoryBudgetBytes: 4_500_000 })).toBe("DECODE_ERROR");
  });
});

describe("decodeImage, on damaged files", () => {
  const OUTCOMES = ["not rejected", "DECODE_ERROR", "UNSUPPORTED_FORMAT", "PIXEL_LIMIT"];

  test.each(Object.entries(VALID_IMAGES))("decodes or rejects %s wherever it is cut", async (_, encode) => {
    const bytes = await encode();
    for (let part = 0; part < 16; part += 1) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 16));
      expect(OUTCOMES).toContain(await rejectionOf(decode(cut)));
    }
  });

  test("decodes or rejects whatever was done to them", async () => {
    const images = await Promise.all(Object.values(VALID_IMAGES).map((encode) => encode()));
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const damaged = mutatedImage(images, seededRandom(seed));
        expect(OUTCOMES).toContain(await rejectionOf(decode(damaged)));
      }),
      runsOf(400),
    );
  });
});
