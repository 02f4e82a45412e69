export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object in `value`, or one without keys. Terraform writes a single block as an object or as a list of one. */
export function objectIn(value: unknown): JsonObject {
  const block = Array.isArray(value) ? value[0] : value;
  return isObject(block) ? block : {};
}

export function listIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The text parsed as JSON, or undefined where it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Objects and lists, also those that are written as text, as policies and dashboards are. */
export function structureIn(value: Json | undefined): Json | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value) ?? value;
}

/** Whether there is nothing: Terraform writes an absent block as `null`, or as a list of none. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The value with every text in it rewritten. */
export function mapTexts<T extends Json>(value: T, rewrite: (text: string) => string): T;
export function mapTexts(value: Json, rewrite: (text: string) => string): Json {
  if (typeof value === "string") return rewrite(value);
  if (Array.isArray(value)) return value.map((member: Json) => mapTexts(member, rewrite));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapTexts(member, rewrite)]));
}
