import { conditionalUpdate } from "../../checks/protocol-simulation/conditional-update";
import type { ImageRecord, RecordKey } from "../../lambda-src/records/image-record";
import type { Decision, Invocation, LogFields, RecordStore, Refused, Telemetry } from "../../lambda-src/records/ports";
import type { RecordUpdate } from "../../lambda-src/records/record-updates";
import type { Upload } from "../../lambda-src/records/upload-event";

/** The metadata table in memory, for one item. */
export class OneItemStore implements RecordStore {
  readonly updates: RecordUpdate[] = [];
  reads = 0;

  constructor(public item?: ImageRecord) {}

  async update(update: RecordUpdate): Promise<ImageRecord | Refused> {
    this.updates.push(update);
    const after = conditionalUpdate(update, this.item);
    if (!after) return { refused: true };
    this.item = after;
    return after;
  }

  async read(_key: RecordKey): Promise<ImageRecord | undefined> {
    this.reads += 1;
    return this.item;
  }
}

/** Keeps what was decided and measured. */
export class RecordingTelemetry implements Telemetry {
  readonly decisions: { readonly decision: Decision; readonly fields: LogFields }[] = [];
  readonly metrics: Record<string, number> = {};

  decided(decision: Decision, fields: LogFields): void {
    this.decisions.push({ decision, fields });
  }

  measured(metrics: Record<string, number>): void {
    for (const [name, value] of Object.entries(metrics)) this.metrics[name] = (this.metrics[name] ?? 0) + value;
  }

  /** `decision reason`, in order. */
  get words(): readonly string[] {
    return this.decisions.map(({ decision, fields }) => [decision, fields.reason].filter(Boolean).join(" "));
  }
}

export const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
export const DEADLINE_MS = NOW_MS + 30_000;

/** An invocation whose deadlines pass when the test says so. */
export function invocationOf(requestId: string) {
  const stop = new AbortController();
  const end = new AbortController();
  const invocation: Invocation = { requestId, deadlineMs: DEADLINE_MS, stop: stop.signal, end: end.signal };
  return { invocation, stop: () => stop.abort(), end: () => end.abort() };
}

export const UPLOAD: Upload = {
  imageId: "11111111-2222-3333-4444-555555555555",
  timestamp: 1_767_000_000,
  userId: "ann",
  bucket: "photos",
  key: "uploads/ann/cat.jpg",
  sizeBytes: 5,
  eTag: "abc",
  sequencer: "0055",
};

/** The item of `UPLOAD`. */
export const itemWith = (attributes: Partial<ImageRecord>): ImageRecord => ({
  imageId: UPLOAD.imageId,
  timestamp: UPLOAD.timestamp,
  userId: UPLOAD.userId,
  originalKey: UPLOAD.key,
  processingStatus: "processing",
  attempts: 1,
  ttl: 1_800_000_000,
  ...attributes,
});

/** An S3 event with one record per key. */
export const eventOf = (...keys: readonly string[]) => ({ Records: keys.map(recordOf) });

export const recordOf = (key: string) => ({
  eventVersion: "2.1",
  eventName: "ObjectCreated:Put",
  eventTime: "2026-01-02T03:04:00.000Z",
  s3: { bucket: { name: "photos" }, object: { key, size: 5, eTag: "abc", sequencer: "0055" } },
});
