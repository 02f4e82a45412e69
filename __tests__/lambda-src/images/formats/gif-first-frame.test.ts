import fc from "fast-check";
import sharp from "sharp";
import { gifOf } from "../../../../checks/images/gif-containers";
import { animated, quarters } from "../../../../checks/images/pictures";
import { gifFirstFrame } from "../../../../lambda-src/images/formats/gif-first-frame";
import { runsOf } from "../../../support/thorough";

async function shown(bytes: Buffer) {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

describe("gifFirstFrame", () => {
  test("leaves one frame, with the same pixels", async () => {
    const whole = await animated("gif");
    const first = gifFirstFrame(whole);

    expect((await sharp(whole).metadata()).pages).toBe(2);
    expect((await sharp(first, { failOn: "warning" }).metadata()).pages ?? 1).toBe(1);
    expect(await shown(first)).toEqual(await shown(whole));
  });

  test("keeps the transparency that an extension before the frame announces", async () => {
    const still = await quarters(96, 64, 0).gif().toBuffer();
    expect(await shown(gifFirstFrame(still))).toEqual(await shown(still));
  });

  test("keeps a frame whose colours are its own", async () => {
    const local = withLocalColours(await quarters(96, 64).gif().toBuffer());
    expect(await shown(gifFirstFrame(local))).toEqual(await shown(local));
  });

  test("shows what the whole file shows, wherever frames lie and whatever the canvas says", async () => {
    const side = fc.integer({ min: 1, max: 30 });
    const grey = fc.nat(3);
    const transparent = fc.option(grey, { nil: undefined });
    const frame = fc.record({ left: fc.nat(2), top: fc.nat(2), width: side, height: side, grey, transparent });
    // The decoder does not believe a canvas of nothing, or of a screen's size.
    const screen = fc.constantFrom({ width: 0, height: 0 }, { width: 640, height: 480 }, { width: 800, height: 600 });
    const canvas = fc.oneof(
      fc.constant("the first frame's" as const),
      fc.record({ width: side, height: side }),
      screen,
    );
    await fc.assert(
      fc.asyncProperty(canvas, frame, fc.array(frame, { maxLength: 3 }), async (size, first, later) => {
        const covering = { ...first, left: 0, top: 0 };
        const whole =
          size === "the first frame's" ? gifOf(first, [covering, ...later]) : gifOf(size, [first, ...later]);
        const before = await shown(whole);
        const after = await shown(gifFirstFrame(whole));
        expect([after.width, after.height]).toEqual([before.width, before.height]);
        expect(opaqueColours(after.data, after)).toEqual(opaqueColours(before.data, after));
      }),
      runsOf(400),
    );
  });

  test.each([
    ["from all sides", { left: 4, top: 3, width: 6, height: 5 }],
    ["from its left", { left: 8, top: 0, width: 12, height: 10 }],
    ["in a single pixel", { left: 0, top: 0, width: 1, height: 1 }],
  ])("makes the canvas transparent where the first frame leaves it free %s", async (_, place) => {
    const canvas = { width: 20, height: 10 };
    const behind = { left: 0, top: 0, ...canvas, grey: 90 };
    for (const frames of [[{ ...place, grey: 60 }], [{ ...place, grey: 60 }, behind]]) {
      const { data, width, height } = await shown(gifFirstFrame(gifOf(canvas, frames)));
      expect({ width, height }).toEqual(canvas);
      for (let pixel = 0; pixel < width * height; pixel += 1) {
        const [x, y] = [pixel % width, Math.floor(pixel / width)];
        const inside =
          x >= place.left && x < place.left + place.width && y >= place.top && y < place.top + place.height;
        const [red, , , alpha] = data.subarray(4 * pixel);
        expect([x, y, inside ? red : 0, alpha]).toEqual([x, y, inside ? 120 : 0, inside ? 255 : 0]);
      }
    }
  });

  test("gives back a file that ends within its first frame", async () => {
    const whole = await quarters(96, 64).gif().toBuffer();
    for (let length = 0; length < whole.length - 1; length += 1) {
      const cut = whole.subarray(0, length);
      expect(gifFirstFrame(cut)).toBe(cut);
    }
  });

  test("ends for any bytes, and adds at most a frame of one pixel", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const bytes = Buffer.concat([Buffer.from("GIF89a"), tail]);
        expect(gifFirstFrame(bytes).length).toBeLessThanOrEqual(bytes.length + 24);
      }),
    );
  });
});

/** The colours of each pixel that is opaque in `reference`. */
const opaqueColours = (data: Buffer, reference: { readonly data: Buffer }): readonly number[] =>
  [...data].filter((_, index) => index % 4 < 3 && reference.data[index - (index % 4) + 3] === 255);

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
