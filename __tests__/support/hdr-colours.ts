import type { Rgb } from "../../checks/images/pictures";

/** What a grade of sRGB colours is in other kinds of samples, from the standards' own tables: ITU-R BT.2087, BT.2100 and SMPTE EG 432. */

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

/** Of the kinds tried here, by ITU-T H.273's numbers: from linear sRGB. */
const TO_PRIMARIES: Readonly<Record<number, Matrix>> = {
  1: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  9: [
    [0.627404, 0.329283, 0.043313],
    [0.069097, 0.91954, 0.011362],
    [0.016391, 0.088013, 0.895595],
  ],
  12: [
    [0.822462, 0.177538, 0],
    [0.033194, 0.966806, 0],
    [0.017083, 0.072397, 0.91052],
  ],
};

/** cd/m2 */
const SDR_WHITE = 203;

/** Light, 1 being SDR white, of one pixel to samples of 0 to 1. */
const ENCODINGS: Readonly<Record<number, (light: Vector) => Vector>> = {
  1: (light) => each(light, srgbCode),
  4: (light) => each(light, (x) => x ** (1 / 2.2)),
  5: (light) => each(light, (x) => x ** (1 / 2.8)),
  8: (light) => light,
  13: (light) => each(light, srgbCode),
  16: (light) => each(light, (x) => pqCode((x * SDR_WHITE) / 10_000)),
  18: (light) => {
    const screen = each(light, (x) => (x * SDR_WHITE) / 1000);
    const luminance = 0.2627 * screen[0] + 0.678 * screen[1] + 0.0593 * screen[2];
    const gain = luminance > 0 ? luminance ** (1 / 1.2 - 1) : 0;
    return each(screen, (x) => hlgCode(x * gain));
  },
};

export interface Kind {
  readonly primaries: number;
  readonly transfer: number;
}

/** An sRGB colour as samples of another kind, 0 to 1. @param exposure how many times as bright it is */
export function samplesAs({ r, g, b }: Rgb, { primaries, transfer }: Kind, exposure = 1): Vector {
  const light = each([r, g, b], (level) => exposure * srgbLight(level / 255));
  const matrix = TO_PRIMARIES[primaries];
  const encode = ENCODINGS[transfer];
  if (!matrix || !encode) throw new Error(`not tried: ${primaries}, ${transfer}`);
  const other = each([0, 1, 2], (row) => {
    const [x, y, z] = matrix[row] ?? [0, 0, 0];
    return x * light[0] + y * light[1] + z * light[2];
  });
  return encode(each(other, (x) => Math.max(0, x)));
}

const each = ([x, y, z]: Vector, change: (value: number) => number): Vector => [change(x), change(y), change(z)];

const srgbLight = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
const srgbCode = (x: number): number => (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);

function pqCode(light: number): number {
  const power = light ** 0.1593017578125;
  return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375;
}

const hlgCode = (light: number): number =>
  light <= 1 / 12 ? Math.sqrt(3 * light) : 0.17883277 * Math.log(12 * light - 0.28466892) + 0.55991073;
