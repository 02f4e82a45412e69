import fc from "fast-check";
import { quarters } from "../../../../checks/images/pictures";
import { countJpegMarkers } from "../../../../lambda-src/images/formats/jpeg-markers";

const ALL = { scans: 1_000_000, segments: 1_000_000 };
const scansOf = (bytes: Buffer, limits = ALL): number => countJpegMarkers(bytes, limits).scans;
const scan = Buffer.from([0xff, 0xda, 0x00, 0x02, 0x11, 0xff, 0x00, 0xff, 0xd0, 0x22]);
const end = Buffer.from([0xff, 0xd9]);
const start = Buffer.from([0xff, 0xd8]);

describe("countJpegMarkers", () => {
  test("counts one scan of a baseline and ten of a progressive image", async () => {
    expect(scansOf(await quarters(96, 64).jpeg().toBuffer())).toBe(1);
    expect(scansOf(await quarters(96, 64).jpeg({ progressive: true }).toBuffer())).toBe(10);
  });

  test("counts nothing after a sequential scan of all components, where libjpeg expects no other", async () => {
    const image = await quarters(96, 64).jpeg().toBuffer();
    const more = Buffer.concat([image.subarray(0, -2), ...Array.from({ length: 100 }, () => scan), end]);
    expect(scansOf(more)).toBe(1);
  });

  test("counts every scan of an image whose components have their own", () => {
    const frame = Buffer.from([0xff, 0xc0, 0x00, 0x11, 8, 0, 8, 0, 8, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    const own = Buffer.from([0xff, 0xda, 0x00, 0x08, 1, 1, 0, 0, 63, 0, 0x11]);
    expect(scansOf(Buffer.concat([start, frame, own, own, own, own, end]))).toBe(4);
  });

  test("counts a scan with arithmetic codes as three, because no code stands for many blocks", () => {
    const frame = (marker: number): Buffer => Buffer.from([0xff, marker, 0x00, 0x0b, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    const scans = Buffer.concat([scan, scan, end]);
    expect(scansOf(Buffer.concat([start, frame(0xca), scans]))).toBe(6);
    expect(scansOf(Buffer.concat([start, frame(0xc2), scans]))).toBe(2);
  });

  test("counts none in segments, where thumbnails lie, and none after the end, where films lie", () => {
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0x00, 2 + scan.length]), scan]);
    expect(scansOf(Buffer.concat([start, segment, scan, end, scan, scan]))).toBe(1);
  });

  test("skips escapes, restarts and fill bytes within a scan", () => {
    const padded = Buffer.concat([scan, Buffer.from([0xff, 0xff, 0xff]), scan.subarray(1)]);
    expect(scansOf(Buffer.concat([start, padded, end]))).toBe(2);
  });

  test("stops at the limit", () => {
    expect(scansOf(Buffer.concat([start, ...Array.from({ length: 3000 }, () => scan)]), { ...ALL, scans: 64 })).toBe(
      65,
    );
  });

  test("counts segments of every kind, but none after the end", () => {
    const comment = Buffer.from([0xff, 0xfe, 0x00, 0x04, 0x41, 0x42]);
    const profile = Buffer.from([0xff, 0xe2, 0x00, 0x02]);
    const file = Buffer.concat([start, comment, profile, profile, scan, comment, end, comment]);
    expect(countJpegMarkers(file, ALL)).toEqual({ scans: 1, segments: 4 });
    expect(countJpegMarkers(file, { ...ALL, segments: 1 }).segments).toBe(2);
  });

  test("ends for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(scansOf(Buffer.concat([start, bytes]))).toBeLessThanOrEqual(bytes.length / 2);
      }),
    );
  });
});
