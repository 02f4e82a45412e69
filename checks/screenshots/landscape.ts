import sharp from "sharp";

interface Palette {
  /** From the zenith to the horizon. */
  readonly sky: readonly [string, string];
  readonly light: string;
  /** The nearest ridge; the farther ones fade into the horizon. */
  readonly ground: string;
  readonly stars: boolean;
}

const PALETTES: readonly Palette[] = [
  { sky: ["#3f6fb5", "#f6d9b8"], light: "#fff3d6", ground: "#1e3340", stars: false },
  { sky: ["#2b2350", "#e8836b"], light: "#ffe0b0", ground: "#241a35", stars: true },
  { sky: ["#7fb7d9", "#eef4ef"], light: "#ffffff", ground: "#27503f", stars: false },
  { sky: ["#0d1730", "#3b5a86"], light: "#eef2ff", ground: "#060d18", stars: true },
  { sky: ["#d97b59", "#f9dfa8"], light: "#fff6d8", ground: "#4a2a2a", stars: false },
  { sky: ["#5a86a8", "#d3dfe4"], light: "#f8fbff", ground: "#20384a", stars: false },
  { sky: ["#8d5a97", "#f5b8a5"], light: "#ffeccf", ground: "#33213f", stars: false },
];
const RIDGES = 5;
const STEP_PX = 8;

/** A landscape as a JPEG, the same one for the same number: what a screenshot shows belongs to nobody. */
export async function landscape(number: number): Promise<Buffer> {
  const upright = number % 4 === 3;
  const [width, height] = upright ? [900, 1200] : [1600, 1067];
  const palette = PALETTES[number % PALETTES.length] as Palette;
  const horizon = height * (0.42 + 0.12 * wave(number, 1));
  const parts = [
    sky(palette, width, height),
    ...(palette.stars ? stars(number, width, horizon) : []),
    sun(palette, number, width, horizon),
    ...Array.from({ length: RIDGES }, (_, index) => ridge(palette, number, index, width, height, horizon)),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join("")}</svg>`;
  const picture = sharp(Buffer.from(svg));
  return number % 5 === 4 ? picture.png().toBuffer() : picture.jpeg({ quality: 88 }).toBuffer();
}

/** From -1 to 1, different for every number and place. */
const wave = (number: number, place: number): number => Math.sin(number * 12.9898 + place * 78.233);

function sky({ sky: [zenith, horizon] }: Palette, width: number, height: number): string {
  const stops = `<stop stop-color="${zenith}"/><stop offset="0.7" stop-color="${horizon}"/>`;
  return `<defs><linearGradient id="sky" x2="0" y2="1">${stops}</linearGradient></defs><rect width="${width}" height="${height}" fill="url(#sky)"/>`;
}

function stars(number: number, width: number, horizon: number): readonly string[] {
  return Array.from({ length: 90 }, (_, index) => {
    const x = (0.5 + 0.5 * wave(number + index * 1.7, 3)) * width;
    const y = (0.5 + 0.5 * wave(number + index * 2.3, 5)) * horizon * 0.8;
    return `<circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${(1.2 + wave(index, 7) * 0.6).toFixed(1)}" fill="#fff" opacity="0.7"/>`;
  });
}

function sun({ light }: Palette, number: number, width: number, horizon: number): string {
  const x = width * (0.5 + 0.3 * wave(number, 11));
  const y = horizon * (0.6 + 0.2 * wave(number, 13));
  const radius = width * 0.045;
  const stops = `<stop stop-color="${light}" stop-opacity="0.55"/><stop offset="1" stop-color="${light}" stop-opacity="0"/>`;
  const glow = `<defs><radialGradient id="glow">${stops}</radialGradient></defs>`;
  const disc = (r: number, fill: string) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
  return `${glow}${disc(radius * 6, "url(#glow)")}${disc(radius, light)}`;
}

/** A range of hills: a few waves laid over each other, rougher and darker the nearer it is. */
function ridge(
  palette: Palette,
  number: number,
  index: number,
  width: number,
  height: number,
  horizon: number,
): string {
  const nearness = (index + 1) / RIDGES;
  const base = horizon + (height - horizon) * nearness ** 1.3 * 0.85 - height * 0.04;
  const points = [];
  for (let x = 0; x <= width + STEP_PX; x += STEP_PX) {
    const at = (x / width) * 6 + number * 3.1 + index * 17;
    const rise =
      Math.sin(at) * 0.05 + Math.sin(at * 2.3 + 1) * 0.028 + Math.sin(at * 7.1) * 0.008 + Math.sin(at * 19) * 0.003;
    points.push(`${x},${(base - height * rise * (1.25 - nearness * 0.5)).toFixed(1)}`);
  }
  const fill = mix(palette.sky[1], palette.ground, 0.18 + 0.82 * nearness);
  return `<polygon points="0,${height} ${points.join(" ")} ${width},${height}" fill="${fill}"/>`;
}

function mix(from: string, to: string, share: number): string {
  const channel = (colour: string, place: number) => Number.parseInt(colour.slice(1 + place * 2, 3 + place * 2), 16);
  const mixed = [0, 1, 2].map((place) => Math.round(channel(from, place) * (1 - share) + channel(to, place) * share));
  return `rgb(${mixed.join(",")})`;
}
