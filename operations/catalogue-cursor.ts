import * as v from "valibot";

/** Up to where a partition of an index was read. */
export type CataloguePosition = "start" | "end" | { readonly imageId: string; readonly timestamp: number };

/** The text is no cursor that a page of the same filter gave. */
export class BadCursor extends Error {
  override readonly name = "BadCursor";
}

const position = v.union([
  v.picklist(["start", "end"]),
  v.strictObject({ imageId: v.pipe(v.string(), v.nonEmpty()), timestamp: v.number() }),
]);
const cursorSchema = v.array(v.tuple([v.string(), position]));

/** Opaque text that fits into an address. */
export const formatCursor = (positions: ReadonlyMap<string, CataloguePosition>): string =>
  Buffer.from(JSON.stringify([...positions])).toString("base64url");

/**
 * Positions by partition; none without a cursor.
 * @param partitions those that the filter reads
 * @throws {BadCursor}
 */
export function parseCursor(
  cursor: string | undefined,
  partitions: readonly string[],
): ReadonlyMap<string, CataloguePosition> {
  if (cursor === undefined) return new Map();
  const parsed = v.safeParse(cursorSchema, parseJson(Buffer.from(cursor, "base64url").toString()));
  if (parsed.success && parsed.output.every(([name]) => partitions.includes(name))) return new Map(parsed.output);
  throw new BadCursor(`The cursor must be one that a page of the same filter gave, got ${JSON.stringify(cursor)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
