export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object in `value`, or one without keys. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function listIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** Terraform shows a single nested block as a list with one object. */
export function blockIn(value: unknown): JsonObject {
  return objectIn(Array.isArray(value) ? value[0] : value);
}
