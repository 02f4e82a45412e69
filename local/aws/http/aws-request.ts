import type { IncomingHttpHeaders } from "node:http";

export type Fields = Readonly<Record<string, string>>;

/** One request as AWS's clients send it, decoded once. Header names are in lower case. */
export interface AwsRequest {
  readonly method: string;
  /** The path as sent, still encoded. */
  readonly path: string;
  readonly parameters: Fields;
  /** The headers as sent: what signatures cover. */
  readonly headers: Fields;
}

/** A refusal, whatever the protocol that tells the client of it: HTTP status, code, message, and what a client may read further. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Fields = {},
  ) {
    super(message);
  }
}

export const isPresigned = (parameters: Fields): boolean => "X-Amz-Signature" in parameters;

const invalidUri = () => new ServiceError(400, "InvalidURI", "Couldn't parse the specified URI.");

/** @throws {ServiceError} InvalidURI when the text is not percent-encoded UTF-8. */
export function decodeUriText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUri();
  }
}

function parseParameters(query: string): Fields {
  const parameters: Record<string, string> = Object.create(null);
  for (const pair of query.split("&").filter((text) => text !== "")) {
    const [name = "", ...value] = pair.replaceAll("+", "%20").split("=");
    const decodedName = decodeUriText(name);
    if (decodedName in parameters) {
      throw new ServiceError(400, "InvalidArgument", `The query parameter "${decodedName}" must be given once.`);
    }
    parameters[decodedName] = decodeUriText(value.join("="));
  }
  return parameters;
}

function flatten(headers: IncomingHttpHeaders): Fields {
  const flat: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

/** @throws {ServiceError} InvalidURI when the query is not percent-encoded UTF-8, InvalidArgument when it repeats a name. */
export function parseAwsRequest(method: string, url: string, headers: IncomingHttpHeaders): AwsRequest {
  if (!url.startsWith("/")) throw invalidUri();
  const [path = "", ...query] = url.split("?");
  return { method, path, parameters: parseParameters(query.join("?")), headers: flatten(headers) };
}
