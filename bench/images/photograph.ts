import sharp, { type Sharp } from "sharp";
import { drawing, SeededRandom } from "./drawing";

/** 8-bit samples, row by row without padding. */
export interface RawImage {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

export const fromRaw = (image: RawImage): Sharp => sharp(image.data, { raw: image, limitInputPixels: false });

/** What a pipeline of sharp draws, as three channels. */
export async function toRaw(image: Sharp): Promise<RawImage> {
  const { data, info } = await image.removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

/** Noise of one scale: how many px a grain has, and how far it moves brightness and colour (of 255). */
interface Octave {
  readonly grainPx: number;
  readonly brightness: number;
  readonly colour: number;
}

/** Amplitudes as in photographs, where they fall with the frequency, down to the sensor's own noise. */
const OCTAVES: readonly Octave[] = [
  { grainPx: 1024, brightness: 55, colour: 25 },
  { grainPx: 512, brightness: 40, colour: 18 },
  { grainPx: 256, brightness: 26, colour: 10 },
  { grainPx: 128, brightness: 18, colour: 7 },
  { grainPx: 64, brightness: 12, colour: 4 },
  { grainPx: 32, brightness: 8, colour: 2.5 },
  { grainPx: 16, brightness: 5.5, colour: 1.5 },
  { grainPx: 8, brightness: 4, colour: 1 },
  { grainPx: 4, brightness: 3, colour: 0.6 },
  { grainPx: 2, brightness: 5, colour: 0.4 },
  { grainPx: 1, brightness: 7, colour: 0.3 },
];
const MEAN = 118;

/** A picture that compresses and scales like a photograph: soft shapes, grain, sharp edges, small marks. */
export async function photograph(width: number, height: number, seed: number): Promise<RawImage> {
  const random = new SeededRandom(seed);
  const sum = new Float32Array(width * height * 3).fill(MEAN);
  for (const octave of OCTAVES) {
    const layer = await noise(width, height, octave, random);
    for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) + (layer[index] ?? 0) - 128;
  }
  const background: RawImage = { data: Buffer.from(Uint8ClampedArray.from(sum)), width, height, channels: 3 };
  return toRaw(fromRaw(background).composite([{ input: drawing(width, height, random) }]));
}

/** Samples around 128, three for each pixel. */
async function noise(width: number, height: number, octave: Octave, random: SeededRandom): Promise<Buffer> {
  const { grainPx, brightness, colour } = octave;
  // Two more on each side, because the edges of an enlarged picture are flat.
  const columns = Math.ceil(width / grainPx) + 2;
  const rows = Math.ceil(height / grainPx) + 2;
  const grains = new Uint8ClampedArray(columns * rows * 3);
  for (let index = 0; index < grains.length; index += 3) {
    const value = 128 + random.normal() * brightness;
    for (let channel = 0; channel < 3; channel += 1) grains[index + channel] = value + random.normal() * colour;
  }
  return sharp(grains, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(columns * grainPx, rows * grainPx, { kernel: "cubic", fit: "fill" })
    .extract({ left: grainPx, top: grainPx, width, height })
    .raw()
    .toBuffer();
}
