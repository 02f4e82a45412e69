type Vector = readonly [number, number, number];
/** Row by row. */
export type Matrix = readonly [Vector, Vector, Vector];
type Chromaticity = readonly [x: number, y: number];
interface Primaries {
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
  readonly white: Chromaticity;
}

const D65: Chromaticity = [0.3127, 0.329];
const C: Chromaticity = [0.31, 0.316];
const DCI_WHITE: Chromaticity = [0.314, 0.351];

const BT709: Primaries = { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06], white: D65 };
const BT601_525: Primaries = { red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07], white: D65 };
const P3: Omit<Primaries, "white"> = { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] };

/** By ITU-T H.273's numbers: all that are not unspecified or the same as sRGB's. @see https://www.itu.int/rec/T-REC-H.273 */
const PRIMARIES: Readonly<Record<number, Primaries>> = {
  4: { red: [0.67, 0.33], green: [0.21, 0.71], blue: [0.14, 0.08], white: C },
  5: { red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06], white: D65 },
  6: BT601_525,
  7: BT601_525,
  8: { red: [0.681, 0.319], green: [0.243, 0.692], blue: [0.145, 0.049], white: C },
  9: { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: D65 },
  10: { red: [1, 0], green: [0, 1], blue: [0, 0], white: [1 / 3, 1 / 3] },
  11: { ...P3, white: DCI_WHITE },
  12: { ...P3, white: D65 },
  22: { red: [0.63, 0.34], green: [0.295, 0.605], blue: [0.155, 0.077], white: D65 },
};

export const areSrgbPrimaries = (primaries: number): boolean => !(primaries in PRIMARIES);

/** From linear RGB with other primaries to linear RGB with sRGB's, white staying white. */
export function toSrgbPrimaries(number: number): Matrix {
  const primaries = PRIMARIES[number];
  if (!primaries)
    return [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
  const adapted = multiply(adaptation(primaries.white, D65), toXyz(primaries));
  return multiply(inverse(toXyz(BT709)), adapted);
}

/** The responses of the eye's cones, in which white is adapted. */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** From linear RGB, white being 1 of each, to XYZ. */
function toXyz({ red, green, blue, white }: Primaries): Matrix {
  const columns = transposed([xyz(red), xyz(green), xyz(blue)]);
  const amounts = apply(inverse(columns), xyzOfWhite(white));
  return columns.map(([r, g, b]) => [r * amounts[0], g * amounts[1], b * amounts[2]]) as unknown as Matrix;
}

function adaptation(from: Chromaticity, to: Chromaticity): Matrix {
  const source = apply(BRADFORD, xyzOfWhite(from));
  const target = apply(BRADFORD, xyzOfWhite(to));
  const scale: Matrix = [
    [target[0] / source[0], 0, 0],
    [0, target[1] / source[1], 0],
    [0, 0, target[2] / source[2]],
  ];
  return multiply(inverse(BRADFORD), multiply(scale, BRADFORD));
}

const xyz = ([x, y]: Chromaticity): Vector => [x, y, 1 - x - y];
const xyzOfWhite = ([x, y]: Chromaticity): Vector => [x / y, 1, (1 - x - y) / y];

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const apply = (m: Matrix, v: Vector): Vector => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
const transposed = ([a, b, c]: Matrix): Matrix => [
  [a[0], b[0], c[0]],
  [a[1], b[1], c[1]],
  [a[2], b[2], c[2]],
];
const multiply = (a: Matrix, b: Matrix): Matrix => {
  const [x, y, z] = transposed(b);
  return transposed([apply(a, x), apply(a, y), apply(a, z)]);
};
const inverse = ([a, b, c]: Matrix): Matrix => {
  const [x, y, z] = [cross(b, c), cross(c, a), cross(a, b)];
  const determinant = dot(a, x);
  const scaled = ({ 0: r, 1: s, 2: t }: Vector): Vector => [r / determinant, s / determinant, t / determinant];
  return transposed([scaled(x), scaled(y), scaled(z)]);
};
