import fc from "fast-check";
import sharp from "sharp";
import { animated, quarters } from "../../../../checks/images/pictures";
import { MAX_WEBP_FRAMES, webpFirstFrames } from "../../../../lambda-src/images/formats/webp-frames";

/** Its last frame once more, so often. */
function withLastFrame(animation: Buffer, times: number): Buffer {
  const frame = animation.subarray(animation.lastIndexOf("ANMF"));
  const longer = Buffer.concat([animation, Buffer.alloc(frame.length * times, frame)]);
  longer.writeUInt32LE(longer.length - 8, 4);
  return longer;
}

describe("webpFirstFrames", () => {
  test("gives back a still image and a short animation as they are", async () => {
    const still = await quarters(96, 64).webp().toBuffer();
    const animation = await animated("webp");
    expect(webpFirstFrames(still)).toBe(still);
    expect(webpFirstFrames(animation)).toBe(animation);
  });

  test("leaves a thousand frames, the first of which looks the same", async () => {
    const long = withLastFrame(await animated("webp"), 2000);
    const short = webpFirstFrames(long);
    expect((await sharp(long).metadata()).pages).toBe(2002);
    expect((await sharp(short, { failOn: "warning" }).metadata()).pages).toBe(MAX_WEBP_FRAMES);
    expect(await sharp(short).raw().toBuffer()).toEqual(await sharp(long).raw().toBuffer());
  });

  test("ends for any bytes, with no more than the file", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const file = Buffer.concat([Buffer.from("RIFF\0\0\0\0WEBPANMF", "latin1"), bytes]);
        expect(webpFirstFrames(file).length).toBeLessThanOrEqual(file.length);
      }),
    );
  });
});
