export interface Dimensions {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
}

/** The largest size inside `box` that keeps the aspect ratio and does not enlarge; each side at least 1 px. */
export function fitInside(original: Dimensions, box: Dimensions): Dimensions {
  const scale = Math.min(1, box.width / original.width, box.height / original.height);
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return { width: side(original.width), height: side(original.height) };
}
