import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type AwsRequest, isPresigned, ServiceError } from "./aws-request";

const ALGORITHM = "AWS4-HMAC-SHA256";
const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;

export interface SignaturePolicy {
  /** As the scope of a credential names it. */
  readonly service: "s3" | "lambda" | "sqs";
  /** Secret access keys by access key id. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly region: string;
}

/** What a request says about its own signature, whichever way it carries it. */
interface SignatureClaim {
  readonly accessKeyId: string;
  /** Date, region, service and terminator: what the signing key is derived from. */
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `yyyymmddThhmmssZ`. */
  readonly timestamp: string;
  readonly payloadHash: string;
}

const accessDenied = (message: string, details = {}) => new ServiceError(403, "AccessDenied", message, details);

const unsupportedMechanism = () =>
  new ServiceError(400, "InvalidRequest", `The authorization mechanism must be ${ALGORITHM}.`);

const hexOf = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** Percent-encodes UTF-8 as RFC 3986 does: only letters, digits and `- . _ ~` stay. Signatures are made over this form. */
const encodeRfc3986 = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, hexOf);

const sha256 = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

function claimOf(credential: string, claim: Omit<SignatureClaim, "accessKeyId" | "scope">): SignatureClaim {
  const [accessKeyId = "", ...scope] = credential.split("/");
  return { ...claim, accessKeyId, scope };
}

function checkScope(request: AwsRequest, { accessKeyId, scope }: SignatureClaim, policy: SignaturePolicy): void {
  const { service, region, credentials } = policy;
  const malformedCode = isPresigned(request.parameters)
    ? "AuthorizationQueryParametersError"
    : "AuthorizationHeaderMalformed";
  if (scope.length !== 4 || scope[2] !== service || scope[3] !== "aws4_request") {
    throw new ServiceError(
      400,
      malformedCode,
      `The Credential must be KEY/DATE/REGION/${service}/aws4_request, got ${JSON.stringify([accessKeyId, ...scope].join("/"))}`,
    );
  }
  if (!Object.hasOwn(credentials, accessKeyId)) {
    throw new ServiceError(
      403,
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      {
        AWSAccessKeyId: accessKeyId,
      },
    );
  }
  if (scope[1] !== region) {
    const message = `The region '${scope[1]}' is wrong; expecting '${region}'`;
    throw new ServiceError(400, malformedCode, message, { Region: region });
  }
}

function claimOfHeaders({ headers }: AwsRequest, bodyHash: string | undefined): SignatureClaim {
  const authorization = headers.authorization ?? "";
  if (!authorization.startsWith(`${ALGORITHM} `)) throw unsupportedMechanism();
  const fields = Object.fromEntries(
    authorization
      .slice(ALGORITHM.length)
      .split(",")
      .map((field) => field.trim().split("=", 2)),
  );
  const payloadHash = bodyHash ?? headers["x-amz-content-sha256"];
  if (!payloadHash) throw new ServiceError(400, "InvalidRequest", "The header x-amz-content-sha256 must be given.");
  return claimOf(fields.Credential ?? "", {
    signedHeaders: (fields.SignedHeaders ?? "").split(";"),
    signature: fields.Signature ?? "",
    timestamp: headers["x-amz-date"] ?? "",
    payloadHash,
  });
}

function claimOfUrl({ parameters, headers }: AwsRequest): SignatureClaim {
  return claimOf(parameters["X-Amz-Credential"] ?? "", {
    signedHeaders: (parameters["X-Amz-SignedHeaders"] ?? "").split(";"),
    signature: parameters["X-Amz-Signature"] ?? "",
    timestamp: parameters["X-Amz-Date"] ?? "",
    payloadHash: parameters["X-Amz-Content-Sha256"] ?? headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD",
  });
}

/** NaN when the text is no `yyyymmddThhmmssZ`. */
const parseTimestamp = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

function checkTime(request: AwsRequest, { timestamp, scope }: SignatureClaim, nowMs: number): void {
  const signedAtMs = parseTimestamp(timestamp);
  if (!timestamp.startsWith(`${scope[0]}T`) || Number.isNaN(signedAtMs)) {
    throw accessDenied("X-Amz-Date must be a time yyyymmddThhmmssZ on the day of the credential.");
  }
  if (!isPresigned(request.parameters)) {
    if (Math.abs(nowMs - signedAtMs) <= MAX_CLOCK_SKEW_MS) return;
    throw new ServiceError(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    );
  }
  const expires = request.parameters["X-Amz-Expires"] ?? "";
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > MAX_EXPIRES_SECONDS) {
    throw new ServiceError(
      400,
      "AuthorizationQueryParametersError",
      `X-Amz-Expires must be an integer from 1 to ${MAX_EXPIRES_SECONDS}, got ${JSON.stringify(expires)}`,
    );
  }
  if (signedAtMs > nowMs + MAX_CLOCK_SKEW_MS) throw accessDenied("Request is not valid yet");
  if (nowMs > signedAtMs + Number(expires) * 1000) {
    throw accessDenied("Request has expired", { ServerTime: new Date(nowMs).toISOString() });
  }
}

/** S3 refuses what was added after signing: a presigned URL fixes its metadata. */
function checkSignedHeaders({ headers }: AwsRequest, { signedHeaders }: SignatureClaim): void {
  const unsigned = Object.keys(headers).filter(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw accessDenied("There were headers present in the request which were not signed", {
      HeadersNotSigned: unsigned.join(", "),
    });
  }
}

/** Every service but S3 has the path encoded once more. */
function canonicalPath(path: string, service: SignaturePolicy["service"]): string {
  const decode = service === "s3" ? decodeURIComponent : (segment: string) => segment;
  return path
    .split("/")
    .map((segment) => encodeRfc3986(decode(segment)))
    .join("/");
}

function canonicalRequest(request: AwsRequest, claim: SignatureClaim, service: SignaturePolicy["service"]): string {
  const path = canonicalPath(request.path, service);
  const query = Object.entries(request.parameters)
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`,
  );
  return [request.method, path, query, headers.join(""), claim.signedHeaders.join(";"), claim.payloadHash].join("\n");
}

/**
 * Verifies Signature Version 4, in the Authorization header or in a presigned URL.
 * @param bodyHash hexadecimal SHA-256 of a body that was read already; without it, what the request declares is taken
 * @returns the hash of the body that the signature covers: hexadecimal SHA-256, `UNSIGNED-PAYLOAD` or `STREAMING-...`.
 * @throws {ServiceError} the refusal that S3 gives.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function verifySignature(
  request: AwsRequest,
  policy: SignaturePolicy,
  nowMs: number,
  bodyHash?: string,
): string {
  const presigned = isPresigned(request.parameters);
  if (!presigned && !request.headers.authorization) {
    throw "AWSAccessKeyId" in request.parameters ? unsupportedMechanism() : accessDenied("Access Denied");
  }
  const claim = presigned ? claimOfUrl(request) : claimOfHeaders(request, bodyHash);
  checkScope(request, claim, policy);
  checkTime(request, claim, nowMs);
  checkSignedHeaders(request, claim);

  const { accessKeyId, scope, timestamp } = claim;
  const hash = sha256(canonicalRequest(request, claim, policy.service));
  const stringToSign = [ALGORITHM, timestamp, scope.join("/"), hash].join("\n");
  const signingKey = scope.reduce<string | Buffer>(hmac, `AWS4${policy.credentials[accessKeyId]}`);
  const expected = Buffer.from(hmac(signingKey, stringToSign).toString("hex"));
  const given = Buffer.from(claim.signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ServiceError(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    );
  }
  return claim.payloadHash;
}
