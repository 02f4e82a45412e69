import { join } from "node:path";
import { buildSync } from "esbuild";
import { jpegHeader } from "../../../checks/images/image-containers";
import { planarTiff } from "../../../checks/images/tiff-containers";
import { HOSTILE_CLASSES } from "../../../checks/stress/hostile/hostile-classes";
import { SupervisedRenderer } from "../../../checks/stress/supervised-renderer";
import { decodeImage } from "../../../lambda-src/images/decode";
import { HOSTILE_IMAGES } from "../../support/hostile-images";
import { rejectionOf } from "../../support/rejection";
import { thoroughTest } from "../../support/thorough";

const MB = 1_048_576;
const WORKER = join("dist", "test", "render-worker.js");

/** In a process of its own, because only a fresh process shows what an image takes. */
const renderer = new SupervisedRenderer(WORKER, { timeLimitMs: 60_000, maxResidentBytes: 2000 * MB });

beforeAll(() => {
  buildSync({
    entryPoints: ["checks/stress/render-worker.ts"],
    outfile: WORKER,
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["sharp"],
  });
});
afterAll(() => renderer.stop());

describe("the guard before decoding", () => {
  test.each(HOSTILE_IMAGES)(
    "$name takes less than a second of CPU and 200 MB",
    async ({ code, bytes }) => {
      const result = await renderer.render(await bytes());
      expect(result).toMatchObject({ outcome: code ?? "completed" });
      expect(result.cpuMilliseconds).toBeLessThan(1000);
      expect(result.peakResidentBytes).toBeLessThan(200 * MB);
    },
    30_000,
  );
});

describe("what is counted before decoding", () => {
  const names = [
    "JPEG: empty APP1 without end",
    "JPEG: 57 scans of 49 MP of CMYK with arithmetic codes",
    "PNG: zTXt of 20 MB each",
    "WebP: frames of one pixel",
    "TIFF: tiles of 8192 x 16 of 80 scans each on 1 x 30000",
    "AVIF: 200 Exif items of the same bytes",
    "AVIF: boxes after all",
  ];

  test.each(names)(
    "%s takes less than two seconds of CPU and 200 MB",
    async (name) => {
      const file = await HOSTILE_CLASSES.find((each) => each.name === name)?.bytes(10_485_760);
      renderer.stop();
      const result = await renderer.render(file ?? Buffer.alloc(0));
      expect(["completed", "DECODE_ERROR"]).toContain(result.outcome);
      expect(result.cpuMilliseconds).toBeLessThan(2000);
      expect(result.peakResidentBytes).toBeLessThan(200 * MB);
    },
    90_000,
  );
});

describe("the estimate for a baseline JPEG", () => {
  const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 100_000_000 };
  const BOX = [{ width: 100, height: 100 }];
  const code = (bytes: Buffer) => rejectionOf(decodeImage(bytes, BOX, LIMITS));

  test("counts the coefficients of several scans, and nothing for a single one", async () => {
    expect(await code(jpegHeader(7000, 7000, 0xc0, 3, 1))).toBe("PIXEL_LIMIT");
    expect(await code(jpegHeader(7000, 7000, 0xc0, 3, 3))).toBe("DECODE_ERROR");
  });
});

describe("the largest image that passes the guard of 1024 MB", () => {
  thoroughTest(
    "stays below 900 MB: a planar floating-point TIFF takes the most of all",
    async () => {
      renderer.stop();
      const result = await renderer.render(planarTiff(5950, 5950, { samples: 3, bits: 32, format: 3 }));
      expect(result).toMatchObject({ outcome: "completed" });
      expect(result.peakResidentBytes).toBeLessThan(900 * MB);
    },
    60_000,
  );
});
