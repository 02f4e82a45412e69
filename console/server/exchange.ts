import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../../loopback/loopback-server";

/** The request cannot be served as it is: its message is for the one who sent it. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}

const MAX_BODY_BYTES = 4096;

/** One request of the page and the answer to it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the groups of the route's pattern caught. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
}

/** Answers one kind of request. A path that no route knows is answered with 404, a method with 405. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Of the whole path. */
  readonly path: RegExp;
  readonly answer: (exchange: Exchange) => Promise<void>;
}

export function sendJson<Body extends object>(response: ServerResponse, status: number, body: Body): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
}

/** @throws {BadRequest} above 4,096 bytes */
export async function readText(request: IncomingMessage): Promise<string> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body) throw new BadRequest(`the body must have at most ${MAX_BODY_BYTES} bytes`);
  return body.toString("utf8");
}

/** The body as a JSON object. `expectation`: `a JSON object with ...`. @throws {BadRequest} */
export async function readObject(
  request: IncomingMessage,
  expectation: string,
): Promise<Readonly<Record<string, unknown>>> {
  const value = parseJson(await readText(request));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new BadRequest(`the body must be ${expectation}, got ${JSON.stringify(value)}`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new BadRequest("the body must be JSON", { cause });
  }
}
