import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What every server of this project has in common: it is for this machine alone. */

const LOOPBACK_ADDRESS = "127.0.0.1";
const LOOPBACK_NAMES = [LOOPBACK_ADDRESS, "localhost"];

/**
 * Listens on 127.0.0.1, at any free port for 0.
 * @returns `http://127.0.0.1:PORT`
 * @throws {Error} EADDRINUSE as Node words it when the port is taken
 */
export async function listenOnLoopback(server: Server, port: number): Promise<string> {
  server.listen(port, LOOPBACK_ADDRESS);
  await once(server, "listening");
  return `http://${LOOPBACK_ADDRESS}:${(server.address() as AddressInfo).port}`;
}

/** Ends every connection, and resolves when none is left. */
export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/**
 * Whether a request was addressed to this server by a name of this machine. A page whose own name was made to point
 * to 127.0.0.1 (DNS rebinding) carries that name in `Host` and is told apart by it.
 */
export function hasLoopbackHost({ headers, socket }: IncomingMessage): boolean {
  return LOOPBACK_NAMES.some((name) => headers.host === `${name}:${socket.localPort}`);
}

/**
 * The same for a server whose clients sign `Host`: what forwards a request from another port must keep it as it is. The
 * name alone already tells a rebound page apart.
 */
export function hasLoopbackName({ headers }: IncomingMessage): boolean {
  return LOOPBACK_NAMES.includes(headers.host?.replace(/:\d+$/, "") ?? "");
}

/** Whether no page, or only a page of this very server, sent the request. */
export function hasOwnOrigin({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

/**
 * The whole body of a request. Undefined above `maxBytes`: the rest is then read but not kept, because many clients read the
 * answer only when their body is sent.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined;
}
