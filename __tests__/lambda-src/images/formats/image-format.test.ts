import fc from "fast-check";
import { box, withBrands } from "../../../../checks/images/avif-containers";
import { VALID_IMAGES } from "../../../../checks/images/pictures";
import { type ImageFormat, sniffImageFormat } from "../../../../lambda-src/images/formats/image-format";

const FORMAT_OF_EXTENSION: Readonly<Record<string, ImageFormat>> = {
  jpg: "jpeg",
  png: "png",
  webp: "webp",
  gif: "gif",
  tif: "tiff",
  avif: "avif",
};

describe("sniffImageFormat", () => {
  test.each(Object.entries(VALID_IMAGES))("knows %s by its content", async (name, encode) => {
    expect(sniffImageFormat(await encode())).toBe(FORMAT_OF_EXTENSION[name.split(".")[1] ?? ""]);
  });

  test.each([
    ["GIF87a", "GIF87a", "gif"],
    ["a big-endian TIFF", "MM\0*\0\0\0\x08", "tiff"],
    ["a BigTIFF", "II+\0\x08\0\0\0", "tiff"],
    ["a big-endian BigTIFF", "MM\0+\0\x08\0\0", "tiff"],
  ])("knows %s", (_, text, format) => {
    expect(sniffImageFormat(Buffer.from(text, "latin1"))).toBe(format);
  });

  test.each([
    ["nothing", ""],
    ["one byte", "\xff"],
    ["HTML", "<!DOCTYPE html><html></html>"],
    ["SVG", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["bare SVG", "<svg/>"],
    ["PDF", "%PDF-1.7\n"],
    ["BMP", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0"],
    ["ICO", "\0\0\x01\0\x01\0"],
    ["JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"],
    ["a JPEG 2000 codestream", "\xff\x4f\xff\x51"],
    ["JPEG XL", "\xff\x0a"],
    ["RIFF that is no WebP", "RIFF\x24\0\0\0WAVEfmt "],
    ["a video", "\0\0\0\x18ftypmp42\0\0\0\0mp42isom"],
    ["gzip", "\x1f\x8b\x08\0"],
  ])("refuses %s", (_, text) => {
    expect(sniffImageFormat(Buffer.from(text, "latin1"))).toBeUndefined();
  });

  test.each(["heic", "heix", "hevc", "hevx", "mif1"])("refuses HEIF of brand %s", async (brand) => {
    const heic = withBrands((await VALID_IMAGES["opaque.avif"]?.()) ?? Buffer.alloc(0), brand);
    expect(sniffImageFormat(heic)).toBeUndefined();
  });

  test("finds the brand of AVIF among the compatible ones, and does not take the version for one", () => {
    const version = Buffer.from("avif", "latin1");
    expect(sniffImageFormat(box("ftyp", "mif1", Buffer.alloc(4), "miaf", "avif"))).toBe("avif");
    expect(sniffImageFormat(box("ftyp", "mif1", version, "miaf"))).toBeUndefined();
  });

  test("reads nothing past the end, whatever the bytes are", () => {
    const beginnings = ["", "\0\0\0\x20ftyp", "\xff\xff\xff\xffftypmif1", "RIFF", "\x89PNG"];
    const bytes = fc.tuple(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 64 }));
    fc.assert(
      fc.property(bytes, ([beginning, rest]) => {
        const file = Buffer.concat([Buffer.from(beginning, "latin1"), rest]);
        expect([undefined, ...Object.values(FORMAT_OF_EXTENSION)]).toContain(sniffImageFormat(file));
      }),
    );
  });
});
