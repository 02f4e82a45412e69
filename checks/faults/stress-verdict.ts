import type { ImageRecord } from "../../lambda-src/records/image-record";

/** What a run left behind. */
export interface Remains {
  /** Image ids of all uploads, each once. */
  readonly uploaded: ReadonlySet<string>;
  readonly records: readonly ImageRecord[];
  readonly previewKeys: ReadonlySet<string>;
  /** Image ids of the events in the dead letter queue. */
  readonly deadLetters: readonly string[];
}

/** Image ids by what is wrong with them; every list must be empty. */
export interface Violations {
  /** Uploaded, but no record. */
  readonly lost: readonly string[];
  /** A record that no upload explains. */
  readonly invented: readonly string[];
  readonly duplicateItems: readonly string[];
  /** `pending` or `processing` although nothing is under way. */
  readonly stuck: readonly string[];
  /** `failed` although no event waits in the queue for a replay. */
  readonly failedForGood: readonly string[];
  /** `completed` without exactly three previews that exist. */
  readonly missingPreviews: readonly string[];
  /** A message in the queue whose image has no final record. */
  readonly unaccountedDeadLetters: readonly string[];
}

const PREVIEWS_PER_IMAGE = 3;

export function findViolations({ uploaded, records, previewKeys, deadLetters }: Remains): Violations {
  const ids = records.map(({ imageId }) => imageId);
  const known = new Set(ids);
  const waiting = new Set(deadLetters);
  const withStatus = (...statuses: ImageRecord["processingStatus"][]) =>
    records.filter(({ processingStatus }) => statuses.includes(processingStatus));
  const final = new Set(withStatus("completed", "failed").map(({ imageId }) => imageId));
  const complete = ({ previews = {} }: ImageRecord): boolean => {
    const keys = Object.values(previews);
    return keys.length === PREVIEWS_PER_IMAGE && keys.every((key) => previewKeys.has(key));
  };
  return {
    lost: [...uploaded].filter((id) => !known.has(id)),
    invented: ids.filter((id) => !uploaded.has(id)),
    duplicateItems: repeated(ids),
    stuck: withStatus("pending", "processing").map(({ imageId }) => imageId),
    failedForGood: withStatus("failed").flatMap(({ imageId }) => (waiting.has(imageId) ? [] : [imageId])),
    missingPreviews: withStatus("completed").flatMap((record) => (complete(record) ? [] : [record.imageId])),
    unaccountedDeadLetters: deadLetters.filter((id) => !final.has(id)),
  };
}

function repeated(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.has(id) || !seen.add(id));
}
