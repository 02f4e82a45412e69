import { type IccTag, iccTags } from "./formats/icc-tags";

/** Of the profiles that HP, lcms and Apple give that name, rounded: adapted to D50, as XYZ. */
const COLORANTS: Readonly<Record<string, readonly [number, number, number]>> = {
  rXYZ: [0.43605, 0.22247, 0.01391],
  gXYZ: [0.38513, 0.7169, 0.09708],
  bXYZ: [0.14307, 0.06061, 0.71401],
};
const CURVES = ["rTRC", "gTRC", "bTRC"];
/** Those profiles differ among each other by as much. */
const COLORANT_TOLERANCE = 0.0002;
/** In levels of 8 bits. */
const CURVE_TOLERANCE = 0.5;

type Curve = (x: number) => number;

/**
 * Whether a colour profile says nothing but sRGB, by its numbers and not by its name: to convert from it changes a level of
 * 8 bits by rounding, and costs a fifth of a photo's work.
 * @see https://www.color.org/specification/ICC.1-2022-05.pdf 9.2, 10.6, 10.18, 10.31; IEC 61966-2-1
 */
export function isSrgbProfile(profile: Buffer): boolean {
  if (profile.toString("latin1", 16, 24) !== "RGB XYZ ") return false;
  const tags = new Map(iccTags(profile)?.map((tag) => [tag.name, tag]));
  // A table of colours goes before colorants and curves.
  if ([...tags.keys()].some((name) => name.startsWith("A2B"))) return false;
  return (
    Object.entries(COLORANTS).every(([name, xyz]) => isColorant(tags.get(name), xyz)) &&
    CURVES.every((name) => isSrgbCurve(tags.get(name)))
  );
}

function isColorant(tag: IccTag | undefined, xyz: readonly [number, number, number]): boolean {
  if (tag?.type !== "XYZ " || tag.content.length < 20) return false;
  return xyz.every((value, index) => Math.abs(fixed(tag.content, 8 + 4 * index) - value) <= COLORANT_TOLERANCE);
}

function isSrgbCurve(tag: IccTag | undefined): boolean {
  const curve = tag && readCurve(tag);
  if (!curve) return false;
  for (let level = 0; level <= 255; level += 1)
    if (!(Math.abs(encoded(curve(level / 255)) * 255 - level) <= CURVE_TOLERANCE)) return false;
  return true;
}

/** The transfer function of sRGB, from linear light. */
const encoded = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);

function readCurve({ type, content }: IccTag): Curve | undefined {
  if (content.length < 12) return undefined;
  if (type === "curv") return readTable(content);
  return type === "para" ? readFormula(content) : undefined;
}

/** Without entries it is the identity, with one a gamma: neither is sRGB. */
function readTable(tag: Buffer): Curve | undefined {
  const entries = tag.readUInt32BE(8);
  if (entries < 2 || tag.length < 12 + 2 * entries) return undefined;
  const at = (index: number): number => tag.readUInt16BE(12 + 2 * index) / 65_535;
  return (x) => {
    const place = x * (entries - 1);
    const below = Math.min(Math.floor(place), entries - 2);
    return at(below) + (place - below) * (at(below + 1) - at(below));
  };
}

/** sRGB is of type 3: a power with a line below; types 0 to 2 have no line, and type 4 adds what sRGB does not need. */
function readFormula(tag: Buffer): Curve | undefined {
  if (tag.readUInt16BE(8) !== 3 || tag.length < 32) return undefined;
  const [g, a, b, c, d] = [fixed(tag, 12), fixed(tag, 16), fixed(tag, 20), fixed(tag, 24), fixed(tag, 28)] as const;
  return (x) => (x >= d ? (a * x + b) ** g : c * x);
}

/** s15Fixed16Number. */
const fixed = (tag: Buffer, offset: number): number => tag.readInt32BE(offset) / 65_536;
