import type { Fields } from "../http/aws-request";
import { listPage, type Page, type PagePosition, type PageQuery } from "./list-page";
import type { ObjectSummary } from "./object-file";
import { invalidArgument } from "./s3-error";
import { encodeObjectKey } from "./s3-event";
import type { SortedKeys } from "./sorted-keys";
import { answerElement, element, type Xml } from "./xml";

const MAX_KEYS = 1000;

const encodeToken = (position: PagePosition): string => Buffer.from(JSON.stringify(position)).toString("base64url");

function decodeToken(token: string): PagePosition {
  try {
    const position = JSON.parse(Buffer.from(token, "base64url").toString()) as PagePosition;
    if (typeof ("key" in position ? position.key : position.commonPrefix) === "string") return position;
  } catch {
    // Not one of ours.
  }
  throw invalidArgument("continuation-token", "must be the NextContinuationToken of a page before", token);
}

function parseMaxKeys(text = String(MAX_KEYS)): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647) {
    throw invalidArgument("max-keys", "must be an integer from 0 to 2147483647", text);
  }
  return Math.min(Number(text), MAX_KEYS);
}

function parseQuery(parameters: Fields): PageQuery {
  const token = parameters["continuation-token"];
  return {
    prefix: parameters.prefix ?? "",
    delimiter: parameters.delimiter ?? "",
    startAfter: parameters["start-after"] ?? "",
    maxKeys: parseMaxKeys(parameters["max-keys"]),
    ...(token !== undefined && { resumeAfter: decodeToken(token) }),
  };
}

/** S3 keeps whole seconds, as the Last-Modified header does. */
const wholeSeconds = (timeMs: number) => new Date(Math.floor(timeMs / 1000) * 1000).toISOString();

function contentElements(page: Page, objects: SortedKeys<ObjectSummary>, encode: (key: string) => string): Xml[] {
  const contents = page.keys.map((key) => {
    const { lastModifiedMs, eTag, sizeBytes } = objects.get(key) as ObjectSummary;
    return element(
      "Contents",
      element("Key", encode(key)),
      element("LastModified", wholeSeconds(lastModifiedMs)),
      element("ETag", `"${eTag}"`),
      element("Size", String(sizeBytes)),
      element("StorageClass", "STANDARD"),
    );
  });
  return [
    ...contents,
    ...page.commonPrefixes.map((prefix) => element("CommonPrefixes", element("Prefix", encode(prefix)))),
  ];
}

/**
 * The answer to ListObjectsV2.
 * @throws {ServiceError} InvalidArgument.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjects(bucket: string, objects: SortedKeys<ObjectSummary>, parameters: Fields): Xml {
  const encoding = parameters["encoding-type"];
  if (encoding !== undefined && encoding !== "url") throw invalidArgument("encoding-type", 'must be "url"', encoding);
  const encode = encoding === "url" ? encodeObjectKey : (text: string) => text;

  const query = parseQuery(parameters);
  const page = listPage(objects, query);
  const echo = (name: string, text: string | undefined) => (text === undefined ? [] : [element(name, text)]);
  const echoEncoded = (name: string, text: string | undefined) => echo(name, text === undefined ? text : encode(text));
  return answerElement(
    "ListBucketResult",
    element("Name", bucket),
    element("Prefix", encode(query.prefix)),
    ...echoEncoded("Delimiter", parameters.delimiter),
    ...echoEncoded("StartAfter", parameters["start-after"]),
    ...echo("EncodingType", encoding),
    ...echo("ContinuationToken", parameters["continuation-token"]),
    element("MaxKeys", String(query.maxKeys)),
    element("KeyCount", String(page.keys.length + page.commonPrefixes.length)),
    element("IsTruncated", String(page.end !== undefined)),
    ...(page.end ? [element("NextContinuationToken", encodeToken(page.end))] : []),
    ...contentElements(page, objects, encode),
  );
}
