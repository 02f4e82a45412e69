/** Uniform numbers in [0, 1), the same ones on every machine: xorshift with 32 bits of state. */
export class SeededRandom {
  #state: number;

  /** @param seed any 32 bits but zero */
  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 4_294_967_296;
  }

  /** Whole, from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** About normal, with a deviation of 1. */
  normal(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * Math.sqrt(3);
  }
}

/** An SVG of faint triangles, rings and lines of marks as large as letters. Without text: fonts differ between machines. */
export function drawing(width: number, height: number, random: SeededRandom): Buffer {
  const shapes = [
    ...times(60, () => triangle(width, height, random)),
    ...times(150, () => ring(width, height, random)),
    ...times(40, () => lineOfMarks(width, height, 12 + random.below(width / 30), random)),
  ];
  return svg(width, height, shapes);
}

/** What a screenshot looks like: a smooth background full of sharp marks. */
export function screenshot(width: number, height: number, random: SeededRandom): Buffer {
  const gradient =
    '<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#246"/>' +
    '<stop offset="1" stop-color="#fc8"/></linearGradient></defs>';
  const lines = times(600, () => lineOfMarks(width, height, 14 + random.below(60), random));
  return svg(width, height, [gradient, `<rect width="${width}" height="${height}" fill="url(#g)"/>`, ...lines]);
}

const times = (count: number, draw: () => string): string[] => Array.from({ length: count }, draw);

const svg = (width: number, height: number, shapes: readonly string[]): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join("")}</svg>`);

const colour = (random: SeededRandom): string =>
  `hsl(${random.below(360)},${40 + random.below(30)}%,${random.below(90)}%)`;

function triangle(width: number, height: number, random: SeededRandom): string {
  const points = times(3, () => `${random.below(width)},${random.below(height)}`);
  return `<polygon points="${points.join(" ")}" fill="${colour(random)}" fill-opacity="${0.05 + random.next() * 0.25}"/>`;
}

function ring(width: number, height: number, random: SeededRandom): string {
  const place = `cx="${random.below(width)}" cy="${random.below(height)}" r="${4 + random.below(width / 40)}"`;
  return `<circle ${place} fill="none" stroke="${colour(random)}" stroke-width="${1 + random.next() * 8}" stroke-opacity="0.8"/>`;
}

/** Strokes side by side, each inside a cell of a letter's size. */
function lineOfMarks(width: number, height: number, size: number, random: SeededRandom): string {
  const left = random.below(width * 0.8);
  const top = random.below(height);
  const point = (cell: number): string =>
    `${(left + (cell + random.next() * 0.8) * size * 0.6).toFixed(1)} ${(top + random.next() * size).toFixed(1)}`;
  const strokes = Array.from({ length: 24 }, (_, cell) => `M${point(cell)}L${point(cell)}L${point(cell)}`);
  return `<path d="${strokes.join("")}" fill="none" stroke="${colour(random)}" stroke-width="${(size / 10).toFixed(1)}"/>`;
}
