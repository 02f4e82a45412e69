const UNITS = [
  { seconds: 86_400, one: "a day", many: "days" },
  { seconds: 3600, one: "an hour", many: "hours" },
  { seconds: 60, one: "a minute", many: "minutes" },
  { seconds: 1, one: "a second", many: "seconds" },
] as const;

/** `an hour`, `90 minutes`: in the largest unit that counts it whole. */
export function durationInWords(seconds: number): string {
  const unit = UNITS.find((candidate) => seconds % candidate.seconds === 0) ?? UNITS[3];
  const count = seconds / unit.seconds;
  return count === 1 ? unit.one : `${count} ${unit.many}`;
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"] as const;

/** `three`; digits above ten. */
export const countInWords = (count: number): string => NUMBERS[count] ?? String(count);
