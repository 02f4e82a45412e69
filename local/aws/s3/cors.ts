import { type Fields, ServiceError } from "../http/aws-request";

/** A rule of a bucket's CORS configuration. In origins and headers one `*` stands for any text. */
export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

const splitList = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== "");

/**
 * The CORS headers of an answer, of the first rule that allows the request.
 * @param requestedHeaders the Access-Control-Request-Headers of a preflight.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
 */
export function corsHeaders(
  rules: readonly CorsRule[],
  origin: string,
  method: string,
  requestedHeaders = "",
): Fields | undefined {
  const requested = splitList(requestedHeaders);
  const rule = rules.find(
    ({ allowedOrigins, allowedMethods, allowedHeaders = [] }) =>
      allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      allowedMethods.includes(method) &&
      requested.every((header) => allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), header))),
  );
  if (!rule) return undefined;
  const anyOrigin = rule.allowedOrigins.includes("*");
  return {
    "Access-Control-Allow-Origin": anyOrigin ? "*" : origin,
    ...(!anyOrigin && { "Access-Control-Allow-Credentials": "true" }),
    "Access-Control-Allow-Methods": rule.allowedMethods.join(", "),
    ...(requested.length > 0 && { "Access-Control-Allow-Headers": requested.join(", ") }),
    ...(rule.exposeHeaders?.length && { "Access-Control-Expose-Headers": rule.exposeHeaders.join(", ") }),
    ...(rule.maxAgeSeconds !== undefined && { "Access-Control-Max-Age": String(rule.maxAgeSeconds) }),
    Vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/**
 * The headers that answer a preflight.
 * @throws {ServiceError} when it is none, or no rule allows what it asks.
 */
export function preflightHeaders(rules: readonly CorsRule[] | undefined, headers: Fields): Fields {
  const origin = headers.origin;
  const method = headers["access-control-request-method"];
  if (!origin || !method) {
    const missing = origin ? "Access-Control-Request-Method" : "Origin";
    throw new ServiceError(400, "BadRequest", `Insufficient information. ${missing} request header needed.`);
  }
  const allowed = rules && corsHeaders(rules, origin, method, headers["access-control-request-headers"]);
  if (!allowed) throw new ServiceError(403, "AccessForbidden", "CORSResponse: This CORS request is not allowed.");
  return allowed;
}
