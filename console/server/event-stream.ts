import type { ServerResponse } from "node:http";
import type { LiveEvents } from "./wire";

/** Keeps proxies and browsers from taking a quiet connection for a dead one. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1000;
/** A page that does not read must not fill the memory: it is cut off, comes back, and reads everything again. */
const MAX_UNREAD_BYTES = 8_000_000;

/**
 * Server-sent events to every page that listens.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #listeners = new Set<ServerResponse>();
  readonly #heartbeat = setInterval(() => this.#write(": still here\n\n"), HEARTBEAT_MS);

  /** Whether anybody listens. */
  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Sends `first`, then whatever comes, until the page goes. */
  open(response: ServerResponse, first: Partial<LiveEvents>): void {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store" });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    for (const [kind, data] of Object.entries(first)) response.write(message(kind, data));
    this.#listeners.add(response);
    response.once("close", () => this.#listeners.delete(response));
  }

  send<Kind extends keyof LiveEvents>(kind: Kind, data: LiveEvents[Kind]): void {
    this.#write(message(kind, data));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const response of this.#listeners) response.end();
  }

  #write(text: string): void {
    for (const response of this.#listeners) {
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
      else response.write(text);
    }
  }
}

/** JSON has no line breaks of its own, so that one `data` line takes it. */
const message = (kind: string, data: unknown): string => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
