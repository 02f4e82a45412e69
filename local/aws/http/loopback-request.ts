import type { IncomingMessage } from "node:http";

export const LOOPBACK_ADDRESS = "127.0.0.1";
const LOOPBACK_NAMES = [LOOPBACK_ADDRESS, "localhost"];

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
