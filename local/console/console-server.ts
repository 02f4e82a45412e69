import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hasLoopbackHost, hasOwnOrigin, LOOPBACK_ADDRESS } from "../loopback-request";
import { ConsoleApi, type ConsoleSystem, sendJson } from "./console-api";
import { BadRequest } from "./upload-request";

/** Relative to the project's root, which is the working directory of every command. */
const PAGE_DIRECTORY = "local/console";
const PREVIEW_PATH = /^\/api\/images\/([0-9a-f-]{36})\/previews\/([a-z0-9-]{1,32})$/;

export interface ConsoleServer {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  close(): Promise<void>;
}

interface StaticFile {
  readonly contentType: string;
  readonly content: Buffer;
}

/**
 * Starts the web console on 127.0.0.1. `port` 0: any free one.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken
 */
export async function startConsoleServer(
  system: ConsoleSystem,
  port: number,
  onTrouble: (sentence: string) => void,
): Promise<ConsoleServer> {
  const api = new ConsoleApi(system);
  const files = readStaticFiles();
  const policy = contentSecurityPolicy(system.s3Endpoint);
  const server = createServer((request, response) => {
    setSecurityHeaders(response, policy);
    route(request, response, api, files).catch((error: unknown) => {
      if (!(error instanceof BadRequest)) onTrouble(`The console failed on ${request.url}: ${error}`);
      if (response.headersSent) response.destroy();
      else if (error instanceof BadRequest) sendJson(response, 400, { error: error.message });
      else sendJson(response, 500, { error: "the console failed; its terminal says why" });
    });
  });
  server.listen(port, LOOPBACK_ADDRESS);
  await once(server, "listening");
  return {
    endpoint: `http://${LOOPBACK_ADDRESS}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  api: ConsoleApi,
  files: ReadonlyMap<string, StaticFile>,
): Promise<void> {
  if (!hasLoopbackHost(request) || !hasOwnOrigin(request))
    return sendJson(response, 403, { error: "this console answers only its own page on this machine" });

  const [path = ""] = (request.url ?? "").split("?");
  const [, imageId, name] = PREVIEW_PATH.exec(path) ?? [];
  const file = files.get(path);
  if (request.method === "POST" && path === "/api/uploads") return api.createUpload(request, response);
  if (request.method !== "GET") return sendJson(response, 405, { error: "no such operation" });
  if (path === "/api/images") return api.listImages(response);
  if (imageId && name) return api.sendPreview(imageId, name, response);
  if (!file) return sendJson(response, 404, { error: "no such page" });
  response.writeHead(200, { "Content-Type": file.contentType, "Cache-Control": "no-cache" }).end(file.content);
}

/** The three files of the page, read once: no path of a request ever reaches the disk. */
function readStaticFiles(): ReadonlyMap<string, StaticFile> {
  const read = (name: string, type: string): StaticFile => ({
    contentType: `${type}; charset=utf-8`,
    content: readFileSync(`${PAGE_DIRECTORY}/${name}`),
  });
  return new Map([
    ["/", read("page.html", "text/html")],
    ["/page.css", read("page.css", "text/css")],
    ["/page.js", read("page.js", "text/javascript")],
  ]);
}

function setSecurityHeaders(response: ServerResponse, policy: string): void {
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
}

/** Only the console's own files, and uploads to the S3 endpoint. */
const contentSecurityPolicy = (s3Endpoint: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${s3Endpoint}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
