import type { ImageRecord, RecordStatus } from "../../lambda-src/records/image-record";

/** Everything that crosses between the console's server and its page. Both are checked against these types. */

/** `GET /api/console`: what the page is told of its surroundings at its start. */
export type ConsoleInfo = LocalConsoleInfo | DeployedConsoleInfo;

interface Surroundings {
  readonly environment: string;
  readonly region: string;
  readonly sourceBucket: string;
}

/** Uploads, faults, dead letters and metrics exist only on this machine. */
export interface LocalConsoleInfo extends Surroundings {
  readonly local: true;
  readonly s3Endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Factor on time limits and delays. */
  readonly timeScale: number;
  readonly timeoutSeconds: number;
}

export interface DeployedConsoleInfo extends Surroundings {
  readonly local: false;
  /** Reads the log of `{imageId}`. */
  readonly logCommand: string;
}

/** `GET /api/events`: server-sent events by their names. */
export interface LiveEvents {
  readonly images: readonly ImageRecord[];
  /** Image ids. */
  readonly removed: readonly string[];
  readonly counts: StateCounts;
  /** Ids of images whose journal grew. */
  readonly journal: readonly string[];
  readonly faults: readonly ArmedFault[];
  readonly queue: { readonly waiting: number };
  readonly metrics: MetricsSnapshot;
}

/** `atLeast`: counting stopped there. */
export interface StateCount {
  readonly images: number;
  readonly atLeast: boolean;
}
export type StateCounts = Readonly<Record<RecordStatus, StateCount>>;

/** `GET /api/images`. */
export interface ImagesPage {
  readonly images: readonly ImageRecord[];
  /** Where the next page begins; absent on the last. */
  readonly cursor?: string;
}

/** `GET /api/images/{imageId}`. */
export interface ImageDetails {
  readonly record: ImageRecord;
  readonly original: OriginalState;
  /** What is known of the image beyond its record, oldest first. */
  readonly journal: readonly JournalEntry[];
}

/** Without a type it is nothing that a browser shows. */
export interface OriginalState {
  readonly present: boolean;
  readonly contentType?: string;
}

/** One thing that happened to an image. `at`: epoch ms. */
export type JournalEntry =
  | {
      readonly kind: "record";
      readonly at: number;
      readonly status: RecordStatus;
      readonly attempts: number;
      readonly requestId?: string;
      readonly errorCode?: string;
      readonly errorMessage?: string;
    }
  | {
      readonly kind: "log";
      readonly at: number;
      readonly functionName: string;
      readonly requestId: string;
      /** As the function printed it. */
      readonly text: string;
    }
  | {
      readonly kind: "invocation";
      readonly at: number;
      readonly functionName: string;
      readonly requestId: string;
      readonly durationMs: number;
      readonly maxMemoryUsedMb: number;
      /** Why it failed, when it did. */
      readonly error?: string;
    };

/** `POST /api/uploads`: where to PUT the file. */
export interface UploadTarget {
  readonly url: string;
  readonly key: string;
}

/** A fault that waits for uploads, and which of an upload's attempts it strikes. */
export interface ArmedFault {
  readonly fault: string;
  readonly uploads: number;
  readonly attempts: "first" | "every";
}

/** `GET /api/queue`: dead letters, newest first. */
export interface QueueContent {
  readonly waiting: number;
  readonly letters: readonly DeadLetter[];
}

export interface DeadLetter {
  readonly messageId: string;
  /** Epoch ms. */
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly body: string;
  readonly reason?: string;
  readonly requestId?: string;
  readonly images: readonly { readonly imageId: string; readonly key: string }[];
}

/** Answer to a replay. */
export interface Replayed {
  readonly replayed: number;
}

export interface MetricsSnapshot {
  /** Of an alarm. */
  readonly periodSeconds: number;
  /** Oldest first. */
  readonly minutes: readonly MinuteOfImages[];
  readonly alarms: readonly AlarmOnBoard[];
}

/** What became of images within one minute; the times in ms, absent when none was completed. */
export interface MinuteOfImages {
  /** Epoch ms at which it began. */
  readonly at: number;
  readonly completed: number;
  readonly rejected: number;
  readonly retried: number;
  readonly failed: number;
  readonly p50?: number;
  readonly p95?: number;
}

export interface AlarmOnBoard {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly unhealthy: boolean;
  readonly state: "OK" | "ALARM";
  readonly metric: string;
  readonly statistic: string;
  readonly threshold: number;
  /** One for each period, the newest last; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}
