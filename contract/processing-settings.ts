import * as v from "valibot";

/**
 * Settings that the stack checks at synth and the functions check again at start, so that a bad value never reaches an
 * image. Each schema parses the text of one environment variable; its message states the expectation alone, and
 * `describeIssue` adds the variable's name and the text it got.
 */

// @__NO_SIDE_EFFECTS__
const integerText = (expectation: string, minimum: number, maximum: number) =>
  v.pipe(
    v.string(expectation),
    v.regex(/^(0|[1-9]\d{0,15})$/, expectation),
    v.transform(Number),
    v.minValue(minimum, expectation),
    v.maxValue(maximum, expectation),
  );

/** A whole number of `unit` between two bounds, written in decimal without sign, exponent or leading zeros. */
// @__NO_SIDE_EFFECTS__
export const integer = (minimum: number, maximum: number, unit = "") =>
  integerText(`must be an integer from ${minimum} to ${maximum}${unit && ` ${unit}`}`, minimum, maximum);

const DAYS_EXPECTATION = "must be an integer from 1 to 36500 days, or never";

/** After how many days something expires. */
export type LifeInDays = number | "never";

// @__NO_SIDE_EFFECTS__
export const lifeInDays = () =>
  v.union([integerText(DAYS_EXPECTATION, 1, 36_500), v.literal("never")], DAYS_EXPECTATION);

/** Undefined for a life that does not end. */
export const lifeInSeconds = (days: LifeInDays): number | undefined => (days === "never" ? undefined : days * 86_400);

/** One word of a list, exactly as written. */
// @__NO_SIDE_EFFECTS__
export const oneOf = <const T extends readonly string[]>(words: T) =>
  v.picklist(words, `must be one of ${words.join(", ")}`);

export const PREVIEW_FORMATS = ["auto", "jpeg", "png", "webp", "avif"] as const;
export type PreviewFormat = (typeof PREVIEW_FORMATS)[number];

export const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A box that a preview must fit inside. Both sides in px, 1 to 4096. */
export interface PreviewSize {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** The reference system's three sizes keep their names, whatever else is listed. */
const NAMES_OF_SIZES: Readonly<Record<string, string>> = {
  "150x150": "thumbnail",
  "300x300": "small",
  "800x800": "medium",
};

const MAX_PREVIEW_SIDE = 4096;
const MAX_PREVIEWS = 20;
/** Each preview takes its time to encode and stays in memory until it is stored: together no more than four of the largest. */
const MAX_PREVIEW_PIXELS = 4 * MAX_PREVIEW_SIDE * MAX_PREVIEW_SIDE;
// @__NO_SIDE_EFFECTS__
const sizesExpectation = () =>
  `must be a comma-separated list of 1 to ${MAX_PREVIEWS} WIDTHxHEIGHT or name=WIDTHxHEIGHT, each side 1 to ${MAX_PREVIEW_SIDE}, ` +
  `together at most ${MAX_PREVIEW_PIXELS} px, names of 1 to 32 of a-z 0-9 -, names and sizes unique`;

function parsePreviewSize(text: string): PreviewSize | undefined {
  const match = /^(?:([a-z0-9-]{1,32})=)?([1-9]\d{0,3})x([1-9]\d{0,3})$/.exec(text.trim());
  if (!match) return undefined;
  const [, given, width, height] = match;
  const size = `${width}x${height}`;
  return { name: given ?? NAMES_OF_SIZES[size] ?? size, width: Number(width), height: Number(height) };
}

function parsePreviewSizes(text: string): readonly PreviewSize[] | undefined {
  const sizes: PreviewSize[] = [];
  for (const part of text.split(",")) {
    const size = parsePreviewSize(part);
    if (!size || size.width > MAX_PREVIEW_SIDE || size.height > MAX_PREVIEW_SIDE) return undefined;
    if (sizes.some((s) => s.name === size.name || (s.width === size.width && s.height === size.height)))
      return undefined;
    sizes.push(size);
  }
  const pixels = sizes.reduce((sum, { width, height }) => sum + width * height, 0);
  return sizes.length <= MAX_PREVIEWS && pixels <= MAX_PREVIEW_PIXELS ? sizes : undefined;
}

/** Made by calls without side effects, like the others: a bundle leaves out what its function does not read. */
// @__NO_SIDE_EFFECTS__
const listOfSizes = (expectation: string) =>
  v.pipe(
    v.string(expectation),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const sizes = parsePreviewSizes(dataset.value);
      if (sizes) return sizes;
      addIssue({ message: expectation });
      return NEVER;
    }),
  );

export const previewSizes = listOfSizes(sizesExpectation());

/** The function reads the whole body into memory: a tenth of the largest memory that Lambda offers. */
const MAX_IMAGE_BYTES = 1_073_741_824;

/** One setting: what its text must be, and the text that holds where nothing is set. */
export interface Setting<T = unknown> {
  readonly schema: v.GenericSchema<string, T>;
  readonly default: string;
}

// @__NO_SIDE_EFFECTS__
const setting = <T>(schema: v.GenericSchema<string, T>, text: string): Setting<T> => ({ schema, default: text });

// Both functions need these: each bundle holds what its own function needs.
const LOG_LEVEL = setting(oneOf(LOG_LEVELS), "INFO");
const RECORD_TTL_DAYS = setting(lifeInDays(), "365");

/** The settings of the image processor, in the order of its environment. */
export const processorSettings = {
  LOG_LEVEL,
  MAX_IMAGE_SIZE: setting(integer(1, MAX_IMAGE_BYTES, "bytes"), "10485760"),
  MAX_IMAGE_PIXELS: setting(integer(1, 900_000_000, "px"), "50000000"),
  PREVIEW_SIZES: setting(previewSizes, "150x150,300x300,800x800"),
  PREVIEW_FORMAT: setting(oneOf(PREVIEW_FORMATS), "auto"),
  RECORD_TTL_DAYS,
} as const;

/** The settings of the failure recorder. */
export const recorderSettings = { LOG_LEVEL, RECORD_TTL_DAYS } as const;

/** What the functions are told beside their settings: where their data lies. */
export const PROCESSOR_RESOURCES = ["SOURCE_BUCKET", "PROCESSED_BUCKET", "METADATA_TABLE"] as const;
export const RECORDER_RESOURCES = ["SOURCE_BUCKET", "METADATA_TABLE"] as const;
/** Only where uploads come through a queue: Lambda itself puts dead letters there otherwise. */
export type RecorderQueueVariable = "DEAD_LETTER_QUEUE_URL";

type Variables<Name extends string> = Readonly<Record<Name, string>>;
/** Settings as texts, which the functions parse again. */
export type ProcessorTexts = Variables<keyof typeof processorSettings>;
export type RecorderTexts = Variables<keyof typeof recorderSettings>;
/** The whole environment of the image processor. */
export type ProcessorVariables = ProcessorTexts & Variables<(typeof PROCESSOR_RESOURCES)[number]>;
/** The whole environment of the failure recorder. */
export type RecorderVariables = RecorderTexts &
  Variables<(typeof RECORDER_RESOURCES)[number]> &
  Partial<Variables<RecorderQueueVariable>>;

/** `NAME expectation, got "text"`, for one issue of an object schema over environment variables. */
export function describeIssue(issue: v.BaseIssue<unknown>, environment: Readonly<Record<string, unknown>>): string {
  const name = String(issue.path?.[0]?.key ?? "environment");
  const got = environment[name];
  return `${name} ${issue.message}, got ${got === undefined ? "nothing" : JSON.stringify(got)}`;
}
