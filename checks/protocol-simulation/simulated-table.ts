import { hasExpired, type ImageRecord, type RecordKey } from "../../lambda-src/records/image-record";
import type { RecordStore } from "../../lambda-src/records/ports";
import type { RecordUpdate } from "../../lambda-src/records/record-updates";
import { conditionalUpdate } from "./conditional-update";
import { type ExpressionInput, expressionHolds, updatedBy } from "./dynamodb-expression";
import type { Network } from "./network";
import type { PipelineUnderTest } from "./pipeline-under-test";
import type { SimulatedInvocation } from "./simulated-invocation";

export interface RecordWrite {
  readonly before?: ImageRecord;
  readonly after: ImageRecord;
  readonly writer: SimulatedInvocation;
}

export interface TableObserver {
  /** @throws what the table answers instead */
  updateArrives(update: RecordUpdate, writer: SimulatedInvocation): void;
  recordWritten(write: RecordWrite): void;
  recordOperatedOn(before: ImageRecord | undefined, after: ImageRecord, operator: SimulatedInvocation): void;
  operatorRead(imageId: string, record: ImageRecord | undefined, reader: SimulatedInvocation): void;
  recordDeleted(record: ImageRecord): void;
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
          apply: () => {
            this.observer.updateArrives(update, invocation);
            return this.#update(update, invocation);
          },
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

  /** What an operator's UpdateItem does: the item afterwards, or undefined when the condition does not hold. */
  updateAsOperator(
    key: object,
    { condition, update }: { readonly condition?: string; readonly update: string },
    input: ExpressionInput,
    operator: SimulatedInvocation,
  ): ImageRecord | undefined {
    const id = idOf(key as RecordKey);
    const before = this.#items.get(id);
    const held = expressionHolds(condition, before as Item | undefined, input);
    if (!held) return undefined;
    const after = updatedBy(update, { ...key, ...before }, input) as unknown as ImageRecord;
    this.#items.set(id, after);
    this.observer.recordOperatedOn(before, after, operator);
    return after;
  }

  /** Whether the condition held. */
  deleteAsOperator(key: object, condition: string | undefined, input: ExpressionInput): boolean {
    const id = idOf(key as RecordKey);
    const item = this.#items.get(id);
    if (!expressionHolds(condition, item as Item | undefined, input)) return false;
    this.#items.delete(id);
    if (item) this.observer.recordDeleted(item);
    return true;
  }

  /** Newest first. */
  query(
    request: {
      readonly KeyConditionExpression?: string;
      readonly FilterExpression?: string;
      readonly ConsistentRead?: boolean;
      readonly Limit?: number;
    },
    input: ExpressionInput,
    reader: SimulatedInvocation,
  ): readonly ImageRecord[] {
    const { KeyConditionExpression, FilterExpression, ConsistentRead, Limit } = request;
    const found = this.items()
      .filter((item) => expressionHolds(KeyConditionExpression, item as unknown as Item, input))
      .sort((a, b) => b.timestamp - a.timestamp)
      .slice(0, Limit)
      .filter((item) => expressionHolds(FilterExpression, item as unknown as Item, input));
    const imageId = Object.values(input.values ?? {})[0];
    if (ConsistentRead) this.observer.operatorRead(String(imageId), found[0], reader);
    return found;
  }

  readAsOperator(key: object, reader: SimulatedInvocation): ImageRecord | undefined {
    const item = this.#items.get(idOf(key as RecordKey));
    this.observer.operatorRead((key as RecordKey).imageId, item, reader);
    return item;
  }

  /** What DynamoDB does with an item some time after its time to live is over. */
  expire(imageId: string, nowMs: number): void {
    const item = this.itemOf(imageId);
    if (!item || !hasExpired(item, nowMs)) return;
    this.#items.delete(idOf(item));
    this.observer.recordExpired(imageId);
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

type Item = Readonly<Record<string, unknown>>;

const idOf = ({ imageId, timestamp }: RecordKey): string => `${imageId} ${timestamp}`;
