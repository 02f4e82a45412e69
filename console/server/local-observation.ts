import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RecordKey } from "../../lambda-src/records/image-record";
import { ImageJournal, type JournalLine } from "./image-journal";
import { MetricHistory } from "./metrics/metric-history";
import type { FunctionLog } from "./observed-system";
import { RecordWatch } from "./record-feed";

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

/** What the console sees of the local system while it runs; made before the system, so that nothing is missed. */
export class LocalObservation {
  readonly records = new RecordWatch();
  readonly journal: ImageJournal;
  readonly metrics = new MetricHistory();

  /** `directory`: where the journal is kept across restarts. */
  constructor(directory: string, onTrouble: (sentence: string) => void) {
    const file = new JournalFile<JournalLine>(directory);
    let broken = false;
    const keep = (line: JournalLine) => {
      if (broken) return;
      try {
        file.append(line);
      } catch (error) {
        // A full disk must not stop what the functions do.
        broken = true;
        onTrouble(`The console's journal is not kept any more: ${(error as Error).message}`);
      }
    };
    this.journal = new ImageJournal(keep, file.read());
  }

  /** The table was written. */
  written(key: Pick<RecordKey, "imageId">): void {
    this.records.written(key);
  }

  /** A function printed a line or ended an invocation. */
  logged(log: FunctionLog): void {
    this.journal.logged(log);
    this.metrics.logged(log);
  }
}
