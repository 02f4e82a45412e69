import sharp from "sharp";
import { quarters } from "../../checks/images/pictures";

type Xyz = readonly [number, number, number];

export interface RgbProfile {
  /** Red, green, blue. */
  readonly colorants: readonly [Xyz, Xyz, Xyz];
  /** The tag of all three curves. */
  readonly curve: Buffer;
  /** Another tag, without content. */
  readonly extra?: string;
}

/** As HP's profile has it, which Photoshop and most cameras embed. */
export const SRGB_COLORANTS: RgbProfile["colorants"] = [
  [0.43607, 0.22249, 0.01392],
  [0.38515, 0.71687, 0.09708],
  [0.14307, 0.06061, 0.7141],
];

/** One of sharp's own: `srgb`, `p3` or `cmyk`. */
export async function profileOf(name: string): Promise<Buffer> {
  const { icc } = await sharp(await quarters(96, 64).withIccProfile(name).jpeg().toBuffer()).metadata();
  if (!icc) throw new Error(`sharp must embed ${name}`);
  return icc;
}

/** Encoded sRGB to linear light. */
export const srgbLight = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);

/** A sampled curve. */
export function curveTable(entries: number, light: (x: number) => number): Buffer {
  const tag = Buffer.alloc(12 + 2 * entries);
  tag.write("curv", "latin1");
  tag.writeUInt32BE(entries, 8);
  for (let index = 0; index < entries; index += 1)
    tag.writeUInt16BE(Math.round(light(index / (entries - 1)) * 65_535), 12 + 2 * index);
  return tag;
}

/** A gamma of its own kind: a table with one entry. */
export function gammaCurve(gamma: number): Buffer {
  const tag = Buffer.alloc(14);
  tag.write("curv", "latin1");
  tag.writeUInt32BE(1, 8);
  tag.writeUInt16BE(Math.round(gamma * 256), 12);
  return tag;
}

/** A formula of the given type and parameters. */
export function curveFormula(type: number, ...parameters: readonly number[]): Buffer {
  const tag = Buffer.alloc(12 + 4 * parameters.length);
  tag.write("para", "latin1");
  tag.writeUInt16BE(type, 8);
  parameters.forEach((value, index) => {
    tag.writeInt32BE(Math.round(value * 65_536), 12 + 4 * index);
  });
  return tag;
}

/** A display profile that lcms accepts. @see https://www.color.org/specification/ICC.1-2022-05.pdf */
export function rgbProfile({ colorants, curve, extra }: RgbProfile): Buffer {
  const [red, green, blue] = colorants;
  const tags: readonly (readonly [string, Buffer])[] = [
    ["wtpt", xyzTag([0.9642, 1, 0.82491])],
    ["rXYZ", xyzTag(red)],
    ["gXYZ", xyzTag(green)],
    ["bXYZ", xyzTag(blue)],
    ["rTRC", curve],
    ["gTRC", curve],
    ["bTRC", curve],
    ...(extra ? [[extra, Buffer.alloc(32)] as const] : []),
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  const contents: Buffer[] = [];
  let offset = 128 + table.length;
  tags.forEach(([name, content], index) => {
    const padded = Buffer.concat([content, Buffer.alloc(-content.length & 3)]);
    table.write(name, 4 + 12 * index, "latin1");
    table.writeUInt32BE(offset, 8 + 12 * index);
    table.writeUInt32BE(content.length, 12 + 12 * index);
    contents.push(padded);
    offset += padded.length;
  });
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset);
  header.writeUInt32BE(0x02400000, 8);
  header.write("mntrRGB XYZ ", 12, "latin1");
  header.write("acsp", 36, "latin1");
  xyzTag([0.9642, 1, 0.82491]).copy(header, 68, 8);
  return Buffer.concat([header, table, ...contents]);
}

function xyzTag(xyz: Xyz): Buffer {
  const tag = Buffer.alloc(20);
  tag.write("XYZ ", "latin1");
  xyz.forEach((value, index) => {
    tag.writeInt32BE(Math.round(value * 65_536), 8 + 4 * index);
  });
  return tag;
}
