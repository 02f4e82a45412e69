import { areSrgbPrimaries, toSrgbPrimaries } from "./colour-primaries";
import type { Pixels } from "./pixels";
import type { Dimensions } from "./preview-dimensions";
import { isHdrTransfer, isSrgbTransfer, screenGain, srgbCode, toneMap, transferOf } from "./transfer-functions";

/** What samples mean, as AVIF's `nclx` and PNG's `cICP` say it: by ITU-T H.273's numbers. */
export interface ColourSignal {
  readonly primaries: number;
  readonly transfer: number;
  /** Bits of a sample whose black is at 16 and white at 235 of 255, which the decoder has not stretched. */
  readonly narrowBits?: number;
}

/** Whether samples are sRGB as they are. */
export const isSrgb = ({ primaries, transfer, narrowBits }: ColourSignal): boolean =>
  areSrgbPrimaries(primaries) && isSrgbTransfer(transfer) && narrowBits === undefined;

/** As sharp gives them with 16 bits a sample. */
export interface DeepPixels extends Dimensions {
  readonly data: Uint16Array;
  readonly channels: 3 | 4;
  /** What white is, 65,535 or somewhat less. */
  readonly maximum: number;
}

/** What is brighter than all but one in ten thousand pixels is glare, which may become white. */
const GLARE_SHARE = 0.0001;
/** Where at most this share of a picture is brighter than SDR white, those pixels are glare or come from the coding. */
const HIGHLIGHT_SHARE = 0.01;
const CODING_ERROR = 1.15;
/** So many pixels tell how bright the picture is. */
const SAMPLED_PIXELS = 65_536;
/** Steps of light from black to SDR white, and of the tone map's gain by the fourth root of light. */
const LIGHT_STEPS = 65_535;
const GAIN_STEPS = 4095;

/**
 * Samples of another kind as 8-bit sRGB. What is more saturated than sRGB is clipped. HDR is tone-mapped: what is up to SDR
 * white in a picture without highlights stays as it is.
 */
export function toSrgb(pixels: DeepPixels, signal: ColourSignal): Pixels {
  const { data, width, height, channels, maximum } = pixels;
  const linear = linearConverter(signal, maximum);
  const gain = isHdrTransfer(signal.transfer) ? gainTable(highlight(pixels, linear)) : undefined;
  const codes = Uint8Array.from({ length: LIGHT_STEPS + 1 }, (_, step) =>
    Math.round(255 * srgbCode(step / LIGHT_STEPS)),
  );
  const code = (light: number): number => codes[Math.round(Math.min(1, Math.max(0, light)) * LIGHT_STEPS)] ?? 0;
  const target = Buffer.allocUnsafe(width * height * channels);
  const light = new Float64Array(3);
  for (let offset = 0; offset < target.length; offset += channels) {
    linear(data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0, light);
    const [red = 0, green = 0, blue = 0] = light;
    const kept = gain ? gain(Math.max(red, green, blue)) : 1;
    target[offset] = code(red * kept);
    target[offset + 1] = code(green * kept);
    target[offset + 2] = code(blue * kept);
    if (channels === 4) target[offset + 3] = Math.round((data[offset + 3] ?? 0) / 257);
  }
  return { data: target, width, height, channels };
}

type Linear = (red: number, green: number, blue: number, target: Float64Array) => void;

/** From samples to light with sRGB's primaries, 1 being SDR white. HDR has more; saturated colours have negative parts. */
function linearConverter({ primaries, transfer, narrowBits }: ColourSignal, maximum: number): Linear {
  const light = transferOf(transfer);
  const lights = Float64Array.from({ length: maximum + 1 }, (_, sample) =>
    light(stretched(sample / maximum, narrowBits)),
  );
  const [[a, b, c], [d, e, f], [g, h, i]] = toSrgbPrimaries(primaries);
  return (redSample, greenSample, blueSample, target) => {
    const red = lights[Math.min(redSample, maximum)] ?? 0;
    const green = lights[Math.min(greenSample, maximum)] ?? 0;
    const blue = lights[Math.min(blueSample, maximum)] ?? 0;
    const gain = screenGain(transfer, red, green, blue);
    target[0] = gain * (a * red + b * green + c * blue);
    target[1] = gain * (d * red + e * green + f * blue);
    target[2] = gain * (g * red + h * green + i * blue);
  };
}

function stretched(sample: number, narrowBits: number | undefined): number {
  if (narrowBits === undefined) return sample;
  const step = 2 ** (narrowBits - 8);
  return Math.min(1, Math.max(0, (sample * (2 ** narrowBits - 1) - 16 * step) / (219 * step)));
}

/** How bright the picture is, by the brightest channel of its pixels, 1 being SDR white. */
function highlight({ data, width, height, channels }: DeepPixels, linear: Linear): number {
  const stride = channels * Math.max(1, Math.floor((width * height) / SAMPLED_PIXELS));
  const light = new Float64Array(3);
  const brightest: number[] = [];
  for (let offset = 0; offset < data.length; offset += stride) {
    linear(data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0, light);
    brightest.push(Math.max(light[0] ?? 0, light[1] ?? 0, light[2] ?? 0));
  }
  const sorted = Float64Array.from(brightest).sort();
  const without = (share: number): number => sorted[Math.floor((sorted.length - 1) * (1 - share))] ?? 1;
  return without(HIGHLIGHT_SHARE) <= CODING_ERROR ? 1 : without(GLARE_SHARE);
}

/** The tone map as a table over the fourth root of light, which is close to how light is seen. */
function gainTable(peak: number): (brightest: number) => number {
  const gain = toneMap(peak);
  const root = Math.sqrt(Math.sqrt(Math.max(1, peak)));
  const gains = Float64Array.from({ length: GAIN_STEPS + 1 }, (_, step) =>
    step === 0 ? 1 : gain(((step / GAIN_STEPS) * root) ** 4),
  );
  // Glare beyond the peak is clipped.
  return (brightest) =>
    gains[Math.min(GAIN_STEPS, Math.round((Math.sqrt(Math.sqrt(Math.max(0, brightest))) / root) * GAIN_STEPS))] ?? 1;
}
