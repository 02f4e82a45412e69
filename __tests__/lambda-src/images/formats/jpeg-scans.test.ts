import fc from "fast-check";
import { countJpegScans } from "../../../../lambda-src/images/formats/jpeg-scans";
import { quarters } from "../../../support/images";

const ALL = 1_000_000;
const scan = Buffer.from([0xff, 0xda, 0x00, 0x02, 0x11, 0xff, 0x00, 0xff, 0xd0, 0x22]);
const end = Buffer.from([0xff, 0xd9]);
const start = Buffer.from([0xff, 0xd8]);

describe("countJpegScans", () => {
  test("counts one scan of a baseline and ten of a progressive image", async () => {
    expect(countJpegScans(await quarters(96, 64).jpeg().toBuffer(), ALL)).toBe(1);
    expect(countJpegScans(await quarters(96, 64).jpeg({ progressive: true }).toBuffer(), ALL)).toBe(10);
  });

  test("counts nothing after a sequential scan of all components, where libjpeg expects no other", async () => {
    const image = await quarters(96, 64).jpeg().toBuffer();
    const more = Buffer.concat([image.subarray(0, -2), ...Array.from({ length: 100 }, () => scan), end]);
    expect(countJpegScans(more, ALL)).toBe(1);
  });

  test("counts every scan of an image whose components have their own", () => {
    const frame = Buffer.from([0xff, 0xc0, 0x00, 0x11, 8, 0, 8, 0, 8, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    const own = Buffer.from([0xff, 0xda, 0x00, 0x08, 1, 1, 0, 0, 63, 0, 0x11]);
    expect(countJpegScans(Buffer.concat([start, frame, own, own, own, own, end]), ALL)).toBe(4);
  });

  test("counts none in segments, where thumbnails lie, and none after the end, where films lie", () => {
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0x00, 2 + scan.length]), scan]);
    expect(countJpegScans(Buffer.concat([start, segment, scan, end, scan, scan]), ALL)).toBe(1);
  });

  test("skips escapes, restarts and fill bytes within a scan", () => {
    const padded = Buffer.concat([scan, Buffer.from([0xff, 0xff, 0xff]), scan.subarray(1)]);
    expect(countJpegScans(Buffer.concat([start, padded, end]), ALL)).toBe(2);
  });

  test("stops at the limit", () => {
    expect(countJpegScans(Buffer.concat([start, ...Array.from({ length: 3000 }, () => scan)]), 65)).toBe(65);
  });

  test("ends for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(countJpegScans(Buffer.concat([start, bytes]), ALL)).toBeLessThanOrEqual(bytes.length / 2);
      }),
    );
  });
});
