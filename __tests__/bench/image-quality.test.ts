import fc from "fast-check";
import type { Pixels } from "../../bench/quality/image-difference";
import { psnr, ssim } from "../../bench/quality/image-difference";
import { downscale } from "../../bench/quality/lanczos";

const drawn = (width: number, height: number, sample: (x: number, y: number, channel: number) => number): Pixels => ({
  width,
  height,
  samples: Float32Array.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return sample(pixel % width, Math.floor(pixel / width), index % 3);
  }),
});

const chequered = drawn(32, 24, (x, y) => (((x >> 2) + (y >> 2)) % 2 === 0 ? 40 : 200));

describe("psnr", () => {
  test("of an error of one level everywhere is 48.13 dB", () => {
    expect(
      psnr(
        drawn(8, 8, () => 100),
        drawn(8, 8, () => 101),
      ),
    ).toBeCloseTo(48.13, 2);
  });

  test("of the same image is the highest there is", () => {
    expect(psnr(chequered, chequered)).toBe(99);
  });

  test("refuses images of different dimensions", () => {
    expect(() =>
      psnr(
        drawn(2, 2, () => 0),
        drawn(2, 3, () => 0),
      ),
    ).toThrow("got 2x2 and 2x3");
  });
});

describe("ssim", () => {
  test("of the same image is 1", () => {
    expect(ssim(chequered, chequered)).toBeCloseTo(1, 6);
  });

  test("sees lost structure more than changed brightness", () => {
    const brighter = drawn(32, 24, (x, y) => (((x >> 2) + (y >> 2)) % 2 === 0 ? 50 : 210));
    const flat = drawn(32, 24, () => 120);
    expect(ssim(brighter, chequered)).toBeGreaterThan(0.95);
    expect(ssim(flat, chequered)).toBeLessThan(0.1);
  });

  test("takes images that are smaller than its window", () => {
    const small = drawn(3, 2, (x) => x * 50);
    expect(ssim(small, small)).toBeCloseTo(1, 6);
  });
});

describe("downscale", () => {
  test("keeps a plain colour, whatever the dimensions", () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, (width, height, toWidth, toHeight) => {
        const target = { width: Math.min(width, toWidth), height: Math.min(height, toHeight) };
        const { samples } = downscale(
          drawn(width, height, (_x, _y, channel) => 50 * (channel + 1)),
          target,
        );
        expect(samples.length).toBe(target.width * target.height * 3);
        const errors = samples.map((sample, index) => Math.abs(sample - 50 * ((index % 3) + 1)));
        expect(Math.max(...errors)).toBeLessThan(0.0005);
      }),
    );
  });

  test("keeps an image of the same dimensions", () => {
    expect(psnr(downscale(chequered, chequered), chequered)).toBe(99);
  });

  test("keeps the place of a gradient", () => {
    const ramp = drawn(64, 4, (x) => x * 4);
    const { samples } = downscale(ramp, { width: 16, height: 1 });
    // Far from the edges a pixel is as bright as the middle of the four that it stands for.
    for (let x = 3; x < 13; x += 1) expect(samples[x * 3]).toBeCloseTo((x * 4 + 1.5) * 4, 1);
  });

  test("averages what is finer than its pixels", () => {
    const stripes = drawn(64, 64, (x) => (x % 2 === 0 ? 0 : 200));
    const { samples } = downscale(stripes, { width: 8, height: 8 });
    for (const sample of samples) expect(Math.abs(sample - 100)).toBeLessThan(6);
  });
});
