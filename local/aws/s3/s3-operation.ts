import { isPresigned } from "../http/aws-request";
import { CHECKSUM_ALGORITHMS } from "./checksums";
import { notImplemented } from "./s3-error";
import { isUncheckedChecksum, type S3Request, SIGNATURE_PARAMETERS, standsForHeader } from "./s3-request";

export type S3Operation =
  | "GetObject"
  | "HeadObject"
  | "PutObject"
  | "DeleteObject"
  | "ListObjectsV2"
  | "HeadBucket"
  | "GetBucketLocation"
  | "GetBucketVersioning";

/** What an operation understands beyond method and path. Anything else would be ignored silently, so it is refused. */
interface Vocabulary {
  readonly parameters: readonly string[];
  readonly headers: readonly string[];
}

const READ_OBJECT: Vocabulary = {
  parameters: [
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
  ],
  headers: ["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "x-amz-checksum-mode"],
};
const NOTHING_MORE: Vocabulary = { parameters: [], headers: [] };

const VOCABULARIES: Readonly<Record<S3Operation, Vocabulary>> = {
  GetObject: READ_OBJECT,
  HeadObject: READ_OBJECT,
  PutObject: {
    parameters: [],
    headers: [
      "if-match",
      "if-none-match",
      "x-amz-checksum-algorithm",
      "x-amz-decoded-content-length",
      "x-amz-sdk-checksum-algorithm",
      "x-amz-trailer",
      ...CHECKSUM_ALGORITHMS.map((algorithm) => `x-amz-checksum-${algorithm}`),
    ],
  },
  DeleteObject: { parameters: [], headers: ["if-match"] },
  ListObjectsV2: {
    parameters: ["continuation-token", "delimiter", "encoding-type", "list-type", "max-keys", "prefix", "start-after"],
    headers: [],
  },
  HeadBucket: NOTHING_MORE,
  GetBucketLocation: { parameters: ["location"], headers: [] },
  GetBucketVersioning: { parameters: ["versioning"], headers: [] },
};

const OBJECT_OPERATIONS: Readonly<Record<string, S3Operation>> = {
  GET: "GetObject",
  HEAD: "HeadObject",
  PUT: "PutObject",
  DELETE: "DeleteObject",
};

const ALWAYS_UNDERSTOOD: readonly string[] = ["x-amz-content-sha256", "x-amz-date", "x-amz-user-agent"];

/** Headers that change what a request means; others may be ignored. */
const changesMeaning = (header: string) => /^(x-amz-|if-|content-range$)/.test(header);

function operationByShape({ method, bucket, key, parameters }: S3Request): S3Operation | undefined {
  if (bucket === "") return undefined;
  if (key !== "") return OBJECT_OPERATIONS[method];
  if (method === "HEAD") return "HeadBucket";
  if (method !== "GET") return undefined;
  if ("location" in parameters) return "GetBucketLocation";
  if ("versioning" in parameters) return "GetBucketVersioning";
  return parameters["list-type"] === "2" ? "ListObjectsV2" : undefined;
}

/** What was asked, for the refusal: `PUT of an object with the query parameter "tagging"`. */
function describe({ method, bucket, key }: S3Request, kind: string, names: readonly string[]): string {
  const target = bucket === "" ? "the service" : key === "" ? "a bucket" : "an object";
  if (names.length === 0) return `${method} of ${target}`;
  const quoted = names.map((name) => `"${name}"`).join(", ");
  return `${method} of ${target} with the ${kind}${names.length > 1 ? "s" : ""} ${quoted}`;
}

/**
 * The operation that a request asks for, by method and path.
 * @throws {ServiceError} NotImplemented for every other: bucket creation, upload forms, multipart and batch operations.
 */
export function operationOf(request: S3Request): S3Operation {
  const operation = operationByShape(request);
  if (operation) return operation;
  throw notImplemented(describe(request, "query parameter", unknownParameters(request, NOTHING_MORE)));
}

function unknownParameters({ parameters }: S3Request, vocabulary: Vocabulary): readonly string[] {
  const presigned = isPresigned(parameters);
  return Object.keys(parameters).filter(
    (name) =>
      name !== "x-id" &&
      !vocabulary.parameters.includes(name) &&
      !(presigned && (SIGNATURE_PARAMETERS.includes(name) || standsForHeader(name) || isUncheckedChecksum(name))),
  );
}

/**
 * Refuses sub-resources, and any query parameter or header that would change what is asked, instead of ignoring them.
 * @throws {ServiceError} NotImplemented.
 */
export function refuseUnknown(request: S3Request, operation: S3Operation): void {
  const vocabulary = VOCABULARIES[operation];
  const parameters = unknownParameters(request, vocabulary);
  if (parameters.length > 0) throw notImplemented(describe(request, "query parameter", parameters));

  const headers = Object.keys(request.effectiveHeaders).filter(
    (name) =>
      changesMeaning(name) &&
      !ALWAYS_UNDERSTOOD.includes(name) &&
      !vocabulary.headers.includes(name) &&
      !(operation === "PutObject" && name.startsWith("x-amz-meta-")),
  );
  if (headers.length > 0) throw notImplemented(describe(request, "header", headers));
}
