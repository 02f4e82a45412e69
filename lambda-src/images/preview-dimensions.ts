export interface Dimensions {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
}

export interface PreviewDetails extends Dimensions {
  readonly bytes: number;
  readonly contentType: string;
}

/** The largest size inside `box` that keeps the aspect ratio and does not enlarge; each side at least 1 px, halves up. */
export function fitInside({ width, height }: Dimensions, box: Dimensions): Dimensions {
  if (width <= box.width && height <= box.height) return { width, height };
  // Multiplied before divided: a scale factor in between would lose a half now and then.
  const side = (dividend: number, divisor: number): number => Math.max(1, Math.round(dividend / divisor));
  return width * box.height >= height * box.width
    ? { width: box.width, height: side(height * box.width, width) }
    : { width: side(width * box.height, height), height: box.height };
}
