import { compareUtf8, type SortedKeys } from "./sorted-keys";

/** The last thing of a page: the next page begins behind it. */
export type PagePosition = { readonly key: string } | { readonly commonPrefix: string };

export interface PageQuery {
  readonly prefix: string;
  /** Empty: no grouping. */
  readonly delimiter: string;
  /** Empty: from the start. */
  readonly startAfter: string;
  readonly maxKeys: number;
  /** Where the page before ended; it then decides instead of `startAfter`. */
  readonly resumeAfter?: PagePosition;
}

export interface Page {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** Where this page ended, if there is more. */
  readonly end?: PagePosition;
}

/** Holds for every key behind the position; keys under a common prefix are all before its end. */
const isBehind = (position: PagePosition) => (key: string) =>
  "key" in position
    ? compareUtf8(key, position.key) > 0
    : compareUtf8(key, position.commonPrefix) > 0 && !key.startsWith(position.commonPrefix);

function positionOf(key: string, { prefix, delimiter }: PageQuery): PagePosition {
  const found = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return found === -1 ? { key } : { commonPrefix: key.slice(0, found + delimiter.length) };
}

/** One page of a listing, in the order of UTF-8 bytes. Steps over a common prefix in one binary search. */
export function listPage(objects: SortedKeys<unknown>, query: PageQuery): Page {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  if (query.maxKeys === 0) return { keys, commonPrefixes };

  const resumeAfter = query.resumeAfter ?? (query.startAfter === "" ? undefined : { key: query.startAfter });
  let index = Math.max(
    objects.firstIndexWhere((key) => compareUtf8(key, query.prefix) >= 0),
    resumeAfter ? objects.firstIndexWhere(isBehind(resumeAfter)) : 0,
  );
  let end: PagePosition | undefined;
  for (;;) {
    const key = objects.keyAt(index);
    if (!key?.startsWith(query.prefix)) return { keys, commonPrefixes };
    if (end && keys.length + commonPrefixes.length === query.maxKeys) return { keys, commonPrefixes, end };
    end = positionOf(key, query);
    if ("key" in end) {
      keys.push(key);
      index += 1;
    } else {
      commonPrefixes.push(end.commonPrefix);
      index = objects.firstIndexWhere(isBehind(end));
    }
  }
}
