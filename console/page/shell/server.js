/** @typedef {import("../../server/wire").LiveEvents} LiveEvents */
/** @typedef {LiveEvents & {connection: "live" | "lost", resumed: undefined}} Told */

/**
 * Asks the console's own server. The caller says by a cast which answer of `server/wire.ts` it is.
 * @param {string} path
 * @param {{method?: string, body?: object, signal?: AbortSignal}} [options]
 * @returns {Promise<unknown>}
 * @throws Error with the server's sentence
 */
export async function ask(path, { method = "GET", body, signal } = {}) {
  const response = await fetch(path, {
    method,
    signal,
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** @param {string} imageId */
export const imagePath = (imageId) => `/api/images/${encodeURIComponent(imageId)}`;

/**
 * What views are made of.
 * @template {import("../../server/wire").ConsoleInfo} [Info=import("../../server/wire").ConsoleInfo]
 * @typedef {{readonly info: Info, readonly live: Live}} Context
 */

/** What the server tells by itself. An event that may be cut off for long misses nothing: `resumed` says to read again. */
export class Live extends EventTarget {
  #source;
  #lost = false;

  /**
   * @param {string} path
   * @param {readonly (keyof LiveEvents)[]} kinds
   */
  constructor(path, kinds) {
    super();
    this.#source = new EventSource(path);
    for (const kind of kinds) this.#source.addEventListener(kind, ({ data }) => this.#tell(kind, JSON.parse(data)));
    this.#source.addEventListener("open", () => {
      this.#tell("connection", "live");
      if (this.#lost) this.#tell("resumed");
      this.#lost = false;
    });
    this.#source.addEventListener("error", () => {
      this.#lost = true;
      this.#tell("connection", "lost");
    });
  }

  /**
   * `handle` gets what the server sent.
   * @template {keyof Told} Kind
   * @param {Kind} kind
   * @param {(data: Told[Kind]) => void} handle
   */
  on(kind, handle) {
    this.addEventListener(kind, (event) => handle(/** @type {CustomEvent} */ (event).detail));
  }

  /**
   * @template {keyof Told} Kind
   * @param {Kind} kind
   * @param {Told[Kind]} [detail]
   */
  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
