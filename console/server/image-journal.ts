import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { FunctionLog } from "./observed-system";
import type { JournalEntry } from "./wire";

const MAX_IMAGES = 5000;
const MAX_REQUESTS = 5000;
/** Of one image: three attempts with everything they say are about twenty. */
const MAX_ENTRIES = 200;
const MAX_TEXT = 4000;

/** An entry with the image that it belongs to. */
export interface JournalLine {
  readonly imageId: string;
  readonly entry: JournalEntry;
}

/**
 * What happened to the images of late, bounded. Lines without an image id, as of an invocation that was
 * killed, are joined to their image by the request id, once a line or a record has named both.
 */
export class ImageJournal {
  readonly #entries = new BoundedMap<JournalEntry[]>(MAX_IMAGES);
  readonly #imageOf = new BoundedMap<string>(MAX_REQUESTS);
  /** Told of every image that something happened to. */
  onAdded: (imageId: string) => void = () => {};

  /** `keep` gets every new entry; `earlier` are those of an earlier run. */
  constructor(
    private readonly keep: (line: JournalLine) => void = () => {},
    earlier: readonly JournalLine[] = [],
  ) {
    for (const { imageId, entry } of earlier) this.#insert(imageId, entry);
  }

  /** Of requests whose image nobody has named yet. */
  readonly #unclaimed = new BoundedMap<JournalEntry[]>(MAX_REQUESTS);

  /** A record as it is since a moment in epoch ms. */
  changed(record: ImageRecord, at = Date.now()): void {
    const { imageId, processingStatus: status, attempts, leaseOwner, errorCode, errorMessage } = record;
    if (leaseOwner) this.#join(leaseOwner, imageId);
    const last = this.entries(imageId).findLast((entry) => entry.kind === "record");
    if (last?.kind === "record" && last.status === status && last.attempts === attempts) return;
    this.#add(imageId, {
      kind: "record",
      at,
      status,
      attempts,
      requestId: leaseOwner,
      errorCode,
      errorMessage,
    });
  }

  logged(log: FunctionLog): void {
    const { functionName } = log;
    if (log.kind === "report") {
      const { requestId, durationMs, maxMemoryUsedMb, outcome } = log.invocation;
      const error = outcome.kind === "error" ? `${outcome.error.errorType}: ${outcome.error.errorMessage}` : undefined;
      const at = Date.now();
      const entry = { kind: "invocation", at, functionName, requestId, durationMs, maxMemoryUsedMb, error } as const;
      this.#addOfRequest(requestId, entry);
      return;
    }
    const fields = parseFields(log.text);
    if ("_aws" in fields) return;
    const { requestId } = log;
    if (typeof fields.imageId === "string") this.#join(requestId, fields.imageId);
    const text = log.text.slice(0, MAX_TEXT);
    this.#addOfRequest(requestId, { kind: "log", at: Date.now(), functionName, requestId, text });
  }

  /** Oldest first. */
  entries(imageId: string): readonly JournalEntry[] {
    return this.#entries.get(imageId) ?? [];
  }

  #addOfRequest(requestId: string, entry: JournalEntry): void {
    const imageId = this.#imageOf.get(requestId);
    if (imageId) this.#add(imageId, entry);
    else this.#unclaimed.set(requestId, [...(this.#unclaimed.get(requestId) ?? []), entry].slice(-MAX_ENTRIES));
  }

  #join(requestId: string, imageId: string): void {
    this.#imageOf.set(requestId, imageId);
    for (const entry of this.#unclaimed.take(requestId) ?? []) this.#add(imageId, entry);
  }

  #add(imageId: string, entry: JournalEntry): void {
    this.#insert(imageId, entry);
    this.keep({ imageId, entry });
    this.onAdded(imageId);
  }

  #insert(imageId: string, entry: JournalEntry): void {
    const entries = this.#entries.get(imageId) ?? [];
    entries.push(entry);
    entries.sort((a, b) => a.at - b.at);
    this.#entries.set(imageId, entries.slice(-MAX_ENTRIES));
  }
}

/** Forgets what was set longest ago. */
class BoundedMap<T> {
  readonly #map = new Map<string, T>();

  constructor(private readonly limit: number) {}

  get(key: string): T | undefined {
    return this.#map.get(key);
  }

  take(key: string): T | undefined {
    const value = this.#map.get(key);
    this.#map.delete(key);
    return value;
  }

  set(key: string, value: T): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.limit) return;
    const [oldest] = this.#map.keys();
    if (oldest !== undefined) this.#map.delete(oldest);
  }
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  if (!text.startsWith("{")) return {};
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
