import type { Fields } from "../http/aws-request";
import type { ObjectSummary } from "./object-file";
import { noSuchKey, notImplemented, preconditionFailed } from "./s3-error";

const listsETag = (header: string, eTag: string): boolean =>
  header
    .split(",")
    .map((item) => item.trim().replace(/^W\//, "").replaceAll('"', ""))
    .some((item) => item === "*" || item === eTag);

/** Compares whole seconds, which is all that HTTP dates carry. An unreadable date is ignored, as HTTP asks. */
const isModifiedSince = ({ lastModifiedMs }: ObjectSummary, date: string): boolean | undefined => {
  const timeMs = Date.parse(date);
  return Number.isNaN(timeMs) ? undefined : Math.floor(lastModifiedMs / 1000) * 1000 > timeMs;
};

/**
 * The conditions of a GET or HEAD, in the order of HTTP: ETags outweigh dates.
 * @returns whether the client's copy is still good (304).
 * @throws {ServiceError} PreconditionFailed.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function isNotModified(object: ObjectSummary, headers: Fields): boolean {
  const match = headers["if-match"];
  const unmodifiedSince = headers["if-unmodified-since"];
  if (match !== undefined) {
    if (!listsETag(match, object.eTag)) throw preconditionFailed("If-Match");
  } else if (unmodifiedSince !== undefined && isModifiedSince(object, unmodifiedSince)) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined) return listsETag(noneMatch, object.eTag);
  const modifiedSince = headers["if-modified-since"];
  return modifiedSince !== undefined && isModifiedSince(object, modifiedSince) === false;
}

/**
 * The condition of a PUT or DELETE, to be asked at the moment of replacement.
 * @throws {ServiceError} NotImplemented at once for a condition that S3 does not have either.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function writeCondition(key: string, headers: Fields): (current: ObjectSummary | undefined) => void {
  const match = headers["if-match"];
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined && (noneMatch !== "*" || match !== undefined)) {
    throw notImplemented('PUT with an If-None-Match other than "*", or beside If-Match,');
  }
  return (current) => {
    if (noneMatch !== undefined && current) throw preconditionFailed("If-None-Match");
    if (match === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!listsETag(match, current.eTag)) throw preconditionFailed("If-Match");
  };
}
