/** What the server tells by itself. An event that may be cut off for long misses nothing: `resumed` says to read again. */
export class Live extends EventTarget {
  #source;
  #lost = false;

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

  /** `handle` gets what the server sent. */
  on(kind, handle) {
    this.addEventListener(kind, ({ detail }) => handle(detail));
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
