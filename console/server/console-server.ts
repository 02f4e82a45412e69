import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { hasLoopbackHost, hasOwnOrigin, listenOnLoopback, stopServer } from "../../loopback/loopback-server";
import { BadRequest, type Route, sendJson } from "./exchange";

export interface ConsoleServerOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Where the page may send uploads beside its own server. */
  readonly uploadEndpoint?: string;
  readonly onTrouble: (sentence: string) => void;
}

export interface ConsoleServer {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Serves the page and its routes on 127.0.0.1, to this machine and to the page itself only.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken
 */
export async function startConsoleServer(options: ConsoleServerOptions): Promise<ConsoleServer> {
  const files = readPageFiles();
  const policy = contentSecurityPolicy(options.uploadEndpoint);
  const server = createServer((request, response) => {
    setSecurityHeaders(response, policy);
    route(request, response, options.routes, files).catch((error: unknown) => {
      if (response.closed) return;
      if (!(error instanceof BadRequest)) options.onTrouble(`The console failed on ${request.url}: ${error}`);
      if (response.headersSent) response.destroy();
      else if (error instanceof BadRequest) sendJson(response, 400, { error: error.message });
      else sendJson(response, 500, { error: "the console failed; its terminal says why" });
    });
  });
  return { endpoint: await listenOnLoopback(server, options.port), close: () => stopServer(server) };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
  files: ReadonlyMap<string, PageFile>,
): Promise<void> {
  if (!hasLoopbackHost(request) || !hasOwnOrigin(request))
    return sendJson(response, 403, { error: "this console answers only its own page on this machine" });

  const [path = "", search] = (request.url ?? "").split("?");
  const known = routes.filter((candidate) => candidate.path.test(path));
  const match = known.find(({ method }) => method === request.method);
  if (match) {
    const parameters = (match.path.exec(path) ?? []).slice(1);
    return match.answer({ request, response, parameters, query: new URLSearchParams(search) });
  }
  if (known.length > 0 || request.method !== "GET") return sendJson(response, 405, { error: "no such operation" });
  const file = files.get(path);
  if (!file) return sendJson(response, 404, { error: "no such page" });
  response.writeHead(200, { "Content-Type": file.contentType, "Cache-Control": "no-cache" }).end(file.content);
}

function setSecurityHeaders(response: ServerResponse, policy: string): void {
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
}

/** Only the console's own files, and uploads to the S3 endpoint. */
const contentSecurityPolicy = (uploadEndpoint = "") =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${uploadEndpoint}`.trimEnd(),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");

/** Relative to the project's root, which is the working directory of every command. */
const PAGE_DIRECTORY = "console/page";
/** Packages that the page imports as they are published. */
const PACKAGE_FILES: Readonly<Record<string, string>> = {
  "/thumbhash.js": "node_modules/thumbhash/thumbhash.js",
};
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

interface PageFile {
  readonly contentType: string;
  readonly content: Buffer;
}

/** Every file of the page by its path, read once: no path of a request ever reaches the disk. */
function readPageFiles(): ReadonlyMap<string, PageFile> {
  const names = readdirSync(PAGE_DIRECTORY, { recursive: true, encoding: "utf8" });
  const own = names
    .filter((name) => extname(name) in CONTENT_TYPES)
    .map((name): [string, string] => [pathOf(name), join(PAGE_DIRECTORY, name)]);
  return new Map([...own, ...Object.entries(PACKAGE_FILES)].map(([path, file]) => [path, readPageFile(file)]));
}

const pathOf = (name: string): string => (name === "index.html" ? "/" : `/${name.replaceAll("\\", "/")}`);

const readPageFile = (file: string): PageFile => ({
  contentType: CONTENT_TYPES[extname(file)] ?? "application/octet-stream",
  content: readFileSync(file),
});
