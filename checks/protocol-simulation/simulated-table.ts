import { hasExpired, type ImageRecord, type RecordKey } from "../../lambda-src/records/image-record";
import type { RecordStore } from "../../lambda-src/records/ports";
import type { RecordUpdate } from "../../lambda-src/records/record-updates";
import { conditionalUpdate } from "./conditional-update";
import type { Network } from "./network";
import type { PipelineUnderTest } from "./pipeline-under-test";
import type { SimulatedInvocation } from "./simulated-invocation";

export interface RecordWrite {
  readonly before?: ImageRecord;
  readonly after: ImageRecord;
  readonly writer: SimulatedInvocation;
}

export interface TableObserver {
  recordWritten(write: RecordWrite): void;
  recordReopened(before: ImageRecord, after: ImageRecord): void;
  recordRetired(before: ImageRecord, after: ImageRecord): void;
  recordDeleted(imageId: string): void;
  recordExpired(imageId: string): void;
  recordRead(imageId: string, record: ImageRecord | undefined, reader: SimulatedInvocation): void;
}

/** The metadata table: each update is atomic, and seen by the observer as it happens. */
export class SimulatedTable {
  readonly #items = new Map<string, ImageRecord>();

  constructor(
    private readonly network: Network,
    private readonly pipeline: PipelineUnderTest,
    private readonly observer: TableObserver,
  ) {}

  /** The table as one invocation sees it. */
  storeOf(invocation: SimulatedInvocation): RecordStore {
    const failure = (reason: string) => new this.pipeline.TransientFailure("DYNAMODB_ERROR", reason);
    return {
      update: (update, signal) => {
        invocation.touched.add(update.key.imageId);
        const label = `${update.set.processingStatus} ${update.key.imageId.slice(0, 4)}`;
        return this.network.call({
          invocation,
          label,
          signal,
          failure,
          apply: () => this.#update(update, invocation),
        });
      },
      read: (key, signal) =>
        this.network.call({
          invocation,
          label: `read ${key.imageId.slice(0, 4)}`,
          signal,
          failure,
          apply: () => this.#read(key, invocation),
        }),
    };
  }

  items(): readonly ImageRecord[] {
    return [...this.#items.values()];
  }

  itemOf(imageId: string): ImageRecord | undefined {
    return this.items().find((item) => item.imageId === imageId);
  }

  /** What an operator writes. Whether the condition held. */
  reopen(update: RecordUpdate): boolean {
    return this.#operate(update, (before, after) => this.observer.recordReopened(before, after));
  }

  /** What an operator writes before deleting. Whether the condition held. */
  retire(update: RecordUpdate): boolean {
    return this.#operate(update, (before, after) => this.observer.recordRetired(before, after));
  }

  /** Unless somebody has reopened it since it was retired. */
  deleteRetired(key: RecordKey): boolean {
    const item = this.#items.get(idOf(key));
    if (item && item.errorCode !== "SOURCE_NOT_FOUND") return false;
    this.#items.delete(idOf(key));
    this.observer.recordDeleted(key.imageId);
    return true;
  }

  /** What DynamoDB does with an item some time after its time to live is over. */
  expire(imageId: string, nowMs: number): void {
    const item = this.itemOf(imageId);
    if (!item || !hasExpired(item, nowMs)) return;
    this.#items.delete(idOf(item));
    this.observer.recordExpired(imageId);
  }

  #operate(update: RecordUpdate, observe: (before: ImageRecord, after: ImageRecord) => void): boolean {
    const id = idOf(update.key);
    const before = this.#items.get(id);
    const after = conditionalUpdate(update, before);
    if (!before || !after) return false;
    this.#items.set(id, after);
    observe(before, after);
    return true;
  }

  #update(update: RecordUpdate, writer: SimulatedInvocation): ImageRecord | { refused: true } {
    const id = idOf(update.key);
    const before = this.#items.get(id);
    const after = conditionalUpdate(update, before);
    if (!after) return { refused: true };
    this.#items.set(id, after);
    this.observer.recordWritten({ before, after, writer });
    return after;
  }

  #read(key: RecordKey, reader: SimulatedInvocation): ImageRecord | undefined {
    const item = this.#items.get(idOf(key));
    this.observer.recordRead(key.imageId, item, reader);
    return item;
  }
}

const idOf = ({ imageId, timestamp }: RecordKey): string => `${imageId} ${timestamp}`;
