import * as v from "valibot";
import { type ProcessorTexts, processorSettings, type RecorderTexts, recorderSettings } from "./processing-settings";
import { SETTING_RULES } from "./setting-rules";
import { SETTING_NAMES, SETTINGS, type SettingDescription, type SettingName, type SettingValues } from "./settings";

/** What an environment says, by name; texts, unless they come from a context. */
export type SettingInput = Readonly<Record<string, unknown>>;

/** The parsed settings, and as texts what each function parses again. */
export type ReadSettings<N extends SettingName> = SettingValues<N> & {
  readonly processing: ProcessorTexts;
  readonly recording: RecorderTexts;
};

/**
 * Reads settings by their descriptions, with their defaults, and holds them to the rules that look at nothing else.
 * @param narrower schemas of those that may be less here than elsewhere
 * @returns the settings, which are whole only where there are no faults: `NAME expectation, got "text"`
 */
export function readSettings<N extends SettingName>(
  names: readonly N[],
  input: SettingInput,
  narrower: { readonly [K in N]?: v.GenericSchema<string, SettingValues[K]> } = {},
): { readonly settings: ReadSettings<N>; readonly faults: readonly string[] } {
  const given = names.map((name) => {
    const { schema, default: fallback }: SettingDescription = { ...SETTINGS[name] };
    const text = input[name] === undefined ? fallback : input[name];
    return { name, text, ...parse(narrower[name] ?? schema, text) };
  });
  const values = Object.fromEntries(given.map(({ name, value }) => [name, value])) as SettingValues<N>;
  const texts = Object.fromEntries(given.map(({ name, text }) => [name, text]));
  const textsOf = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, texts[name]]));
  const invalid = given.filter(({ fault }) => fault !== undefined);
  const told = invalid.map(({ name, text, fault }) => `${name} ${fault}, got ${JSON.stringify(text)}`);
  const readable = new Set<string>(given.filter(({ fault }) => fault === undefined).map(({ name }) => name));
  return {
    settings: {
      ...values,
      processing: textsOf(processorSettings) as ProcessorTexts,
      recording: textsOf(recorderSettings) as RecorderTexts,
    },
    faults: [...told, ...faultsOfRules(values, texts, readable)],
  };
}

function parse(schema: v.GenericSchema<string, unknown>, text: unknown) {
  if (text === undefined) return { value: undefined, fault: undefined };
  const whole = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"), schema);
  const parsed = v.safeParse(whole, text, { abortPipeEarly: true });
  return parsed.success
    ? { value: parsed.output, fault: undefined }
    : { value: undefined, fault: parsed.issues[0].message };
}

function faultsOfRules(values: Partial<SettingValues>, texts: SettingInput, readable: ReadonlySet<string>): string[] {
  return SETTING_RULES.flatMap(({ name, reads, expectation }) => {
    if (!(name in texts) || !reads.every((read) => readable.has(read))) return [];
    const text = texts[name];
    const expected = expectation(values as SettingValues, typeof text === "string" ? text : undefined);
    return expected === undefined ? [] : [`${name} ${expected}, got ${JSON.stringify(text)}`];
  });
}

/** What holds where nothing is set. */
export const DEFAULT_SETTINGS: ReadSettings<SettingName> = readSettings(SETTING_NAMES, {}).settings;
