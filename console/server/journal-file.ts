import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

const CURRENT = "journal.jsonl";
const PREVIOUS = "journal.previous.jsonl";
const DEFAULT_MAX_BYTES = 8_000_000;

/**
 * Entries in the order of writing, one line of JSON each, in two files of at most `maxBytes`: a full one replaces the one
 * before. What was written survives `kill -9`; a power cut may take the last lines.
 */
export class JournalFile<T> {
  readonly #directory: string;
  readonly #maxBytes: number;
  #file: number;
  #bytes: number;

  /** @throws {Error} when the directory cannot be used */
  constructor(directory: string, maxBytes = DEFAULT_MAX_BYTES) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#file = openSync(join(directory, CURRENT), "a");
    this.#bytes = fstatSync(this.#file).size;
    // A line that a kill cut off must not swallow the next one.
    if (this.#bytes > 0) this.#write("\n");
  }

  /** Everything that is kept, oldest first. Lines that are no JSON are left out. */
  read(): readonly T[] {
    return [PREVIOUS, CURRENT]
      .map((name) => join(this.#directory, name))
      .filter((path) => existsSync(path))
      .flatMap((path) => readFileSync(path, "utf8").split("\n"))
      .flatMap((line) => parse<T>(line));
  }

  append(entry: T): void {
    this.#write(`${JSON.stringify(entry)}\n`);
    if (this.#bytes >= this.#maxBytes) this.#turnOver();
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(text: string): void {
    this.#bytes += writeSync(this.#file, text);
  }

  #turnOver(): void {
    closeSync(this.#file);
    renameSync(join(this.#directory, CURRENT), join(this.#directory, PREVIOUS));
    this.#file = openSync(join(this.#directory, CURRENT), "a");
    this.#bytes = 0;
  }
}

function parse<T>(line: string): readonly T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
