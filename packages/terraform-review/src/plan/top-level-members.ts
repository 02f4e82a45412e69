import { parseJson } from "../model/json";

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Finds the members of a JSON object without parsing their values: a large plan is mostly members that nobody reads.
 * @returns the bytes of each value by its name, or undefined for anything that is no whole object
 */
export function topLevelMembers(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined {
  const members = new Map<string, Uint8Array>();
  let depth = 0;
  let name: string | undefined;
  let start = 0;
  let ended = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (end === undefined || depth === 0) return undefined;
      if (depth === 1 && name === undefined) {
        name = nameIn(bytes.subarray(at + 1, end));
        if (name === undefined) return undefined;
        start = end + 1;
      }
      at = end;
    } else if (byte === COLON && depth === 1) start = at + 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (ended || (depth === 0 && byte === OPEN_BRACKET)) return undefined;
      depth += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET || (byte === COMMA && depth === 1)) {
      if (depth === 0) return undefined;
      if (depth === 1 && name !== undefined) members.set(name, bytes.subarray(start, at));
      if (depth === 1) name = undefined;
      if (byte !== COMMA) depth -= 1;
      ended = depth === 0;
    }
  }
  return ended ? members : undefined;
}

/** Where the closing quote of the string is that opens at `open`. */
function endOfString(bytes: Uint8Array, open: number): number | undefined {
  let end = open;
  do {
    end = bytes.indexOf(QUOTE, end + 1);
    if (end < 0) return undefined;
  } while (isEscaped(bytes, end));
  return end;
}

/** An odd number of backslashes before it. */
function isEscaped(bytes: Uint8Array, at: number): boolean {
  let from = at;
  while (bytes[from - 1] === BACKSLASH) from -= 1;
  return (at - from) % 2 === 1;
}

/** A name may be written with escapes: `"resource\\u005fchanges"`. */
function nameIn(bytes: Uint8Array): string | undefined {
  const name = parseJson(`"${new TextDecoder().decode(bytes)}"`);
  return typeof name === "string" ? name : undefined;
}
