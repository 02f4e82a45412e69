const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `1.2 MB`: three digits at most, by thousands. */
export function showBytes(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit]}`;
}

/** UTC, to the second. */
export const showTime = (epochSeconds: number): string =>
  `${new Date(epochSeconds * 1000).toISOString().slice(0, 19)}Z`;

/** The same to the minute, and shorter. */
export const showMinute = (epochSeconds: number): string =>
  `${new Date(epochSeconds * 1000).toISOString().slice(0, 16).replace("T", " ")}Z`;

/** `3 d 4 h`, `2 h 5 min`, `45 s`: two parts at most. */
export function showDuration(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.round(rounded / 60)} min`;
  if (rounded < 86_400) return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
  return `${Math.floor(rounded / 86_400)} d ${Math.floor((rounded % 86_400) / 3600)} h`;
}

export const showCount = (count: number): string => count.toLocaleString("en-US");

/** `1 image`, `2,000 images`. */
export const plural = (count: number, noun: string): string => `${showCount(count)} ${noun}${count === 1 ? "" : "s"}`;
