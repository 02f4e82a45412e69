import { SETTINGS, type SettingDescription } from "../../contract/settings";

/** Longer lists are told in words. */
const MOST_WORDS = 6;

/** The README's table of settings, as it follows from their descriptions. */
export function settingsTable(): readonly string[] {
  const rows = Object.entries<SettingDescription>(SETTINGS).map(([name, setting]) => [
    code(name),
    setting.default === undefined ? "" : code(setting.default),
    valuesOf(setting),
    setting.meaning,
  ]);
  const heading = ["variable", "default", "values", "meaning"];
  const line = (cells: readonly string[]) => `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
  return [line(heading), `|${"---|".repeat(heading.length)}`, ...rows.map(line)];
}

const code = (text: string): string => `\`${text}\``;

/** What a schema says in itself: the bounds of a number, or the words of a list. */
function valuesOf({ schema, unit }: SettingDescription): string {
  const parts = partsOf(schema);
  const words = parts.find(({ type }) => type === "picklist")?.options;
  if (words && words.length <= MOST_WORDS) return words.map((word) => code(String(word))).join(", ");
  const bound = (type: string) => parts.find((part) => part.type === type)?.requirement;
  const [minimum, maximum] = [bound("min_value"), bound("max_value")];
  if (minimum === undefined || maximum === undefined) return "";
  const instead = parts.flatMap(({ literal }) => (literal === undefined ? [] : [`, or ${code(String(literal))}`]));
  return [minimum, "to", maximum, unit].join(" ") + instead.join("");
}

/** One schema or action of valibot, as far as it is read here. */
interface SchemaPart {
  readonly type: string;
  readonly pipe?: readonly SchemaPart[];
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly requirement?: unknown;
}

function partsOf(schema: unknown): readonly SchemaPart[] {
  const part = schema as SchemaPart;
  const choices = part.type === "union" ? (part.options ?? []) : [];
  return [part, ...choices.flatMap(partsOf), ...(part.pipe ?? []).filter((inner) => inner !== part).flatMap(partsOf)];
}
