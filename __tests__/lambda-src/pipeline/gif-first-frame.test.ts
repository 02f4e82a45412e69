import fc from "fast-check";
import sharp from "sharp";
import { gifFirstFrame } from "../../../lambda-src/pipeline/gif-first-frame";
import { animated, quarters } from "../../support/images";

const pixels = (bytes: Buffer): Promise<Buffer> => sharp(bytes).ensureAlpha().raw().toBuffer();

describe("gifFirstFrame", () => {
  test("leaves one frame, with the same pixels", async () => {
    const whole = await animated("gif");
    const first = gifFirstFrame(whole);

    expect((await sharp(whole).metadata()).pages).toBe(2);
    expect((await sharp(first, { failOn: "warning" }).metadata()).pages ?? 1).toBe(1);
    expect(await pixels(first)).toEqual(await pixels(whole));
  });

  test("keeps the transparency that an extension before the frame announces", async () => {
    const still = await quarters(96, 64, 0).gif().toBuffer();
    expect(await pixels(gifFirstFrame(still))).toEqual(await pixels(still));
  });

  test("keeps a frame whose colours are its own", async () => {
    const local = withLocalColours(await quarters(96, 64).gif().toBuffer());
    expect(await pixels(gifFirstFrame(local))).toEqual(await pixels(local));
  });

  test("gives back a file that ends within its first frame", async () => {
    const whole = await quarters(96, 64).gif().toBuffer();
    for (let length = 0; length < whole.length - 1; length += 1) {
      const cut = whole.subarray(0, length);
      expect(gifFirstFrame(cut)).toBe(cut);
    }
  });

  test("ends for any bytes, and adds at most a trailer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const bytes = Buffer.concat([Buffer.from("GIF89a"), tail]);
        expect(gifFirstFrame(bytes).length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

/** The global colour table, moved to the frame. */
function withLocalColours(gif: Buffer): Buffer {
  const flags = gif[10] ?? 0;
  const tableEnd = 13 + 3 * 2 ** ((flags & 7) + 1);
  const image = gif.indexOf(0x2c, tableEnd);
  const head = Buffer.from(gif.subarray(0, 13));
  head[10] = flags & 0x7f;
  const descriptor = Buffer.from(gif.subarray(image, image + 10));
  descriptor[9] = 0x80 | (flags & 7);
  return Buffer.concat([
    head,
    gif.subarray(tableEnd, image),
    descriptor,
    gif.subarray(13, tableEnd),
    gif.subarray(image + 10),
  ]);
}
