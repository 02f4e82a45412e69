import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { rgbaToThumbHash, thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA, thumbHashToRGBA } from "thumbhash";
import { gifOf } from "../../../checks/images/gif-containers";
import { distance, plain, quarters, samplesOf } from "../../../checks/images/pictures";
import { rawTiffPage, tiffOf } from "../../../checks/images/tiff-containers";
import { PREVIEW_FORMATS, type PreviewFormat } from "../../../contract/processing-settings";
import type { ImageFormat } from "../../../lambda-src/images/formats/image-format";
import { fitInside } from "../../../lambda-src/images/preview-dimensions";
import { renderImage } from "../../../lambda-src/images/render-image";
import { rejectionOf } from "../../support/rejection";
import { runsOf } from "../../support/thorough";

const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 644_000_000 };
const SIZES = [
  { name: "thumbnail", width: 15, height: 15 },
  { name: "small", width: 30, height: 30 },
  { name: "wide", width: 200, height: 40 },
];

async function render(bytes: Buffer, format: PreviewFormat = "auto", sizes = SIZES) {
  const { facts, previews, placeholder } = await renderImage(bytes, sizes, format, LIMITS);
  return { facts, previews: await Promise.all(previews), placeholder: await placeholder };
}

describe("renderImage", () => {
  test("renders every size in the order of the setting, with facts that hold for the bytes", async () => {
    const { facts, previews } = await render(await quarters(120, 80).jpeg().toBuffer());
    expect(facts).toEqual({ width: 120, height: 80, format: "jpeg" });
    expect(previews.map(({ name, details: { width, height } }) => [name, width, height])).toEqual([
      ["thumbnail", 15, 10],
      ["small", 30, 20],
      ["wide", 60, 40],
    ]);
    for (const { body, details, extension } of previews) {
      const { width, height, format } = await sharp(body).metadata();
      expect(details).toEqual({ width, height, bytes: body.length, contentType: "image/jpeg" });
      expect([extension, format]).toEqual(["jpg", "jpeg"]);
    }
  });

  test.each([
    ["a panorama", 2000, 40],
    ["a tower", 40, 2000],
    ["a line", 3000, 1],
    ["a single pixel", 1, 1],
  ])("keeps the proportions of %s and never enlarges it", async (_, width, height) => {
    const { previews } = await render(await plain(width, height).png().toBuffer());
    for (const [index, { body }] of previews.entries()) {
      const metadata = await sharp(body).metadata();
      const box = SIZES[index] ?? { width: 0, height: 0 };
      expect({ width: metadata.width, height: metadata.height }).toEqual(fitInside({ width, height }, box));
    }
  });

  test("computes each size from the original, whatever sizes stand beside it", async () => {
    const side = fc.integer({ min: 1, max: 120 });
    const box = fc.record({ width: side, height: side });
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        fc.uniqueArray(box, { minLength: 1, maxLength: 4 }),
        async (width, height, boxes) => {
          const sizes = boxes.map((size, index) => ({ ...size, name: String(index) }));
          const { previews } = await render(await plain(width, height).png().toBuffer(), "auto", sizes);
          const rendered = await Promise.all(previews.map(({ body }) => sharp(body).metadata()));
          expect(rendered.map((preview) => ({ width: preview.width, height: preview.height }))).toEqual(
            sizes.map((size) => fitInside({ width, height }, size)),
          );
        },
      ),
      runsOf(40),
    );
  });

  test("rejects what is no image", async () => {
    expect(await rejectionOf(render(Buffer.from("<html>")))).toBe("UNSUPPORTED_FORMAT");
  });
});

/** sharp's default for TIFF is JPEG compression, which has no transparency. */
const encoded = (image: Sharp, format: ImageFormat): Promise<Buffer> =>
  (format === "tiff" ? image.tiff({ compression: "lzw" }) : image.toFormat(format)).toBuffer();

describe("the format of previews", () => {
  test.each([
    ["jpeg", undefined, "jpeg"],
    ["png", undefined, "png"],
    ["png", 0, "png"],
    ["webp", undefined, "jpeg"],
    ["webp", 0, "webp"],
    ["webp", 255, "jpeg"],
    ["gif", undefined, "jpeg"],
    ["gif", 0, "webp"],
    ["tiff", undefined, "jpeg"],
    ["tiff", 128, "webp"],
    ["tiff", 255, "jpeg"],
    ["avif", undefined, "jpeg"],
    ["avif", 0, "webp"],
  ] as const)("of a %s with alpha %p is, by itself, %s", async (format, alpha, expected) => {
    const { previews } = await render(await encoded(quarters(60, 40, alpha), format));
    for (const { body, details } of previews) {
      const metadata = await sharp(body).metadata();
      expect([metadata.format, details.contentType]).toEqual([expected, `image/${expected}`]);
      expect(metadata.hasAlpha).toBe(alpha === 0 || alpha === 128);
    }
  });

  const EXTENSIONS = { jpeg: "jpg", png: "png", webp: "webp", avif: "avif" } as const;

  test.each(PREVIEW_FORMATS.filter((format) => format !== "auto"))("is %s where that is set", async (wanted) => {
    const { previews } = await render(await quarters(60, 40, 0).png().toBuffer(), wanted);
    for (const { body, details, extension } of previews) {
      const metadata = await sharp(body).metadata();
      expect(metadata.mediaType).toBe(`image/${wanted}`);
      expect([details.contentType, extension]).toEqual([`image/${wanted}`, EXTENSIONS[wanted]]);
      expect(metadata.hasAlpha).toBe(wanted !== "jpeg");
    }
  });

  test("puts white behind what is transparent in a JPEG, in the share that it is", async () => {
    const sizes = [{ name: "only", width: 60, height: 40 }];
    const white = (await render(await quarters(60, 40, 0).png().toBuffer(), "jpeg", sizes)).previews[0];
    const half = (await render(await quarters(60, 40, 128).png().toBuffer(), "jpeg", sizes)).previews[0];
    const [red, green, blue] = (await samplesOf(white?.body ?? Buffer.alloc(0))).at(0.25, 0.25);
    expect(Math.min(red, green, blue)).toBeGreaterThan(250);
    const [mixed] = (await samplesOf(half?.body ?? Buffer.alloc(0))).at(0.25, 0.25);
    expect(Math.abs(mixed - (200 + 255) / 2)).toBeLessThan(8);
  });

  test.each([
    ["auto", "webp", 0],
    ["jpeg", "jpg", 255],
  ] as const)("shows what a GIF's first frame leaves free, with %s as %s", async (format, extension, beside) => {
    const gif = gifOf({ width: 60, height: 40 }, [{ left: 20, top: 10, width: 20, height: 20, grey: 50 }]);
    const preview = (await render(gif, format, [{ name: "only", width: 60, height: 40 }])).previews[0];
    const samples = await samplesOf(preview?.body ?? Buffer.alloc(0));
    expect(preview?.extension).toBe(extension);
    const [red, , , alpha] = samples.at(0.1, 0.1);
    expect(extension === "webp" ? alpha : red).toBe(beside);
    expect(distance(samples.at(0.5, 0.5), [100, 100, 100, 255])).toBeLessThan(4);
  });

  test("keeps the transparency of a PNG where it is", async () => {
    const { previews } = await render(await quarters(60, 40, 0).png().toBuffer());
    const samples = await samplesOf(previews[1]?.body ?? Buffer.alloc(0));
    expect([samples.at(0.25, 0.25)[3], samples.at(0.75, 0.75)[3]]).toEqual([0, 255]);
  });

  test.each([
    ["GIF", () => quarters(60, 40).gif().toBuffer(), "4:4:4"],
    ["PNG with a palette", () => quarters(60, 40).png({ palette: true }).toBuffer(), "4:4:4"],
    ["TIFF with a palette", async () => paletteTiff(60, 40), "4:4:4"],
    ["PNG", () => quarters(60, 40).png().toBuffer(), "4:2:0"],
    ["JPEG", () => quarters(60, 40).jpeg({ chromaSubsampling: "4:4:4" }).toBuffer(), "4:2:0"],
    ["TIFF", () => quarters(60, 40).tiff().toBuffer(), "4:2:0"],
  ] as const)("writes a JPEG from a %s with the colours of each pixel or of four", async (_, encode, subsampling) => {
    const { previews } = await render(await encode(), "jpeg");
    const found = await Promise.all(previews.map(async ({ body }) => (await sharp(body).metadata()).chromaSubsampling));
    expect(found).toEqual([subsampling, subsampling, subsampling]);
  });

  test("writes JPEG at quality 85", async () => {
    const { previews } = await render(await quarters(60, 40).jpeg().toBuffer());
    const reference = await quarters(60, 40).jpeg({ quality: 85, optimiseCoding: false }).toBuffer();
    expect(quantizationTable(previews[0]?.body)).toEqual(quantizationTable(reference));
  });
});

/** Of lightness, 64 bytes: it depends on the quality alone. */
function quantizationTable(jpeg: Uint8Array = Buffer.alloc(0)): Uint8Array {
  const marker = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xdb]));
  return jpeg.subarray(marker + 5, marker + 69);
}

describe("metadata of the original", () => {
  const SECRET = "48/1 12/1 30/1";

  test.each(["jpeg", "png", "webp", "tiff", "avif"] as const)(
    "leaves nothing of a %s in any preview",
    async (format) => {
      const original = await quarters(60, 40)
        .withIccProfile("p3")
        .withExif({ IFD0: { Copyright: "somebody" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: SECRET } })
        .withXmp(
          '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>',
        )
        .toFormat(format)
        .toBuffer();
      // This encoder writes no EXIF into TIFF, but XMP.
      const kinds = format === "tiff" ? ["icc", "xmp"] : ["icc", "exif"];
      const before = Object.keys(await sharp(original).metadata());
      expect(before).toEqual(expect.arrayContaining(kinds));

      for (const wanted of PREVIEW_FORMATS) {
        const { previews } = await render(original, wanted);
        for (const { body } of previews) {
          const { exif, icc, xmp, iptc, orientation, comments, hasProfile } = await sharp(body).metadata();
          expect({ exif, icc, xmp, iptc, orientation, comments, hasProfile }).toEqual({ hasProfile: false });
          expect(body.includes("somebody") || body.includes("Exif") || body.includes("xmpmeta")).toBe(false);
        }
      }
    },
  );
});

describe("the placeholder", () => {
  test.each([
    [120, 80],
    [80, 120],
    [100, 100],
  ])("decodes to the colour and the proportions of a picture of %i x %i", async (width, height) => {
    const { placeholder } = await render(await plain(width, height, { r: 200, g: 100, b: 50 }).png().toBuffer());
    const hash = Buffer.from(placeholder, "base64");
    const { r, g, b, a } = thumbHashToAverageRGBA(hash);
    expect(hash.length).toBeLessThan(30);
    expect(Math.max(Math.abs(r * 255 - 200), Math.abs(g * 255 - 100), Math.abs(b * 255 - 50))).toBeLessThan(12);
    expect(a).toBe(1);
    expect(Math.abs(thumbHashToApproximateAspectRatio(hash) / (width / height) - 1)).toBeLessThan(0.2);
  });

  test.each([
    ["a photo", [1200, 900], 255],
    ["a strip", [2000, 40], 255],
    ["a column", [60, 2000], 255],
    ["a few pixels", [5, 3], 255],
    ["a cut-out", [400, 300], 60],
  ] as const)("shows of %s what ThumbHash makes of all its pixels", async (_, [width, height], opacity) => {
    const original = await quarters(width, height, opacity).png().toBuffer();
    const { data, info } = await sharp(original)
      .resize(100, 100, { fit: "inside", withoutEnlargement: true })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { placeholder } = await render(original, "auto", [{ name: "medium", width: 800, height: 800 }]);
    const shown = thumbHashToRGBA(Buffer.from(placeholder, "base64"));
    const wanted = thumbHashToRGBA(rgbaToThumbHash(info.width, info.height, data));
    expect({ w: shown.w, h: shown.h }).toEqual({ w: wanted.w, h: wanted.h });
    // Of 256 levels; ThumbHash itself differs by five between one size of its input and another.
    expect(meanDistance(shown.rgba, wanted.rgba)).toBeLessThan(8);
  });

  test.each([
    [1, 1],
    [1, 300],
    [300, 2],
  ])("has no waves in a plain picture of %i x %i", async (width, height) => {
    const { placeholder } = await render(await plain(width, height).png().toBuffer());
    const { w, h, rgba } = thumbHashToRGBA(Buffer.from(placeholder, "base64"));
    const first = rgba.map((_, index) => rgba[index % 4] ?? 0);
    expect(meanDistance(rgba, first)).toBeLessThan(1);
    expect(Math.sign(w - h)).toBe(Math.sign(width - height));
  });

  test("knows transparency, and the way up", async () => {
    const see = await render(await quarters(60, 40, 0).png().toBuffer());
    expect(thumbHashToAverageRGBA(Buffer.from(see.placeholder, "base64")).a).toBeLessThan(0.95);
    const turned = await render(await plain(120, 60).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect(thumbHashToApproximateAspectRatio(Buffer.from(turned.placeholder, "base64"))).toBeLessThan(1);
  });
});

/** Every pixel the first of 16 colours, which is red. */
function paletteTiff(width: number, height: number): Buffer {
  const colours = Array.from({ length: 48 }, (_, index) => (index === 0 ? 65_535 : 0));
  const data = Buffer.alloc((width * height) / 2);
  return tiffOf([
    rawTiffPage({ width, height, samples: 1, bits: 4, photometric: 3, data, fields: [[320, 3, colours]] }),
  ]);
}

function meanDistance(one: Uint8Array, other: Uint8Array): number {
  const distances = one.map((level, index) => Math.abs(level - (other[index] ?? 0)));
  return distances.reduce((sum, each) => sum + each, 0) / distances.length;
}
