import { alarmsOf } from "./alarms";
import type { UploadTriggerKind } from "./names";

/** A question to the logs, in the language of Logs Insights. */
export interface SavedQuery {
  /** Id of the alarm whose section in docs/runbook.md asks it. */
  readonly id: string;
  readonly asks: readonly ("imageProcessor" | "failureRecorder")[];
  /** Lines of the query. */
  readonly lines: readonly string[];
}

/** Why attempts and images failed; also on the dashboard. */
export const REASONS_OF_FAILURE: SavedQuery = {
  id: "reasons",
  asks: ["imageProcessor", "failureRecorder"],
  lines: [
    'filter message in ["image_rejected", "retryable", "recorded_failed"]',
    "stats count(*) as times, count_distinct(imageId) as images by message, reason",
    "sort times desc",
  ],
};

const RECORDED_FAILURES = [
  'filter message = "recorded_failed"',
  "fields @timestamp, reason, imageId, key, attempt, failedRequestId",
  "sort @timestamp desc",
  "limit 200",
];

const ERRORS = [
  'filter @message like /Error|Task timed out/ or level = "ERROR"',
  "fields @timestamp, @message",
  "sort @timestamp desc",
  "limit 100",
];

/** One for each alarm, and the dashboard's. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
export const SAVED_QUERIES: readonly SavedQuery[] = [
  REASONS_OF_FAILURE,
  {
    id: "high-error-rate",
    asks: ["imageProcessor"],
    lines: [
      'filter message = "retryable"',
      "stats count(*) as attempts, count_distinct(imageId) as images, latest(detail) as example by reason",
      "sort attempts desc",
    ],
  },
  {
    id: "high-duration",
    asks: ["imageProcessor"],
    lines: [
      'filter @type = "REPORT"',
      "stats avg(@duration) as averageMs, pct(@duration, 95) as p95Ms, max(@maxMemoryUsed / 1000000) as memoryMb by bin(5m)",
    ],
  },
  {
    id: "duration-near-limit",
    asks: ["imageProcessor"],
    lines: [
      "filter durationMs > 0",
      "fields @timestamp, durationMs, message, reason, attempt, imageId, key",
      "sort durationMs desc",
      "limit 50",
    ],
  },
  {
    id: "throttles",
    asks: ["imageProcessor"],
    lines: [
      'filter @type = "REPORT"',
      // Time at work over time that passed: how many ran at once.
      "stats count(*) as invocations, sum(@duration) / 300000 as atOnceOnAverage by bin(5m)",
    ],
  },
  {
    id: "event-age",
    asks: ["imageProcessor"],
    lines: [
      'filter message in ["completed", "image_rejected", "retryable"]',
      "stats count(*) as images, avg(durationMs) as averageMs by bin(5m), message",
    ],
  },
  { id: "unrecorded-failures", asks: ["failureRecorder"], lines: ERRORS },
  { id: "dropped-events", asks: ["failureRecorder"], lines: RECORDED_FAILURES },
  { id: "dead-letter-errors", asks: ["failureRecorder"], lines: RECORDED_FAILURES },
  {
    id: "destination-failures",
    asks: ["imageProcessor"],
    lines: [
      'filter message = "retryable" and attempt >= 3',
      "fields @timestamp, reason, imageId, key, requestId",
      "sort @timestamp desc",
      "limit 200",
    ],
  },
  {
    id: "failure-recorder-errors",
    asks: ["failureRecorder"],
    lines: ERRORS,
  },
  {
    id: "dead-letters",
    asks: ["failureRecorder"],
    lines: [
      'filter message = "recorded_failed"',
      "stats count(*) as images, latest(key) as example by reason",
      "sort images desc",
    ],
  },
  {
    id: "dead-letter-age",
    asks: ["failureRecorder"],
    lines: ['filter message = "recorded_failed"', "stats count(*) as images by bin(1d), reason"],
  },
  {
    id: "rejected-rate",
    asks: ["imageProcessor"],
    lines: [
      'filter message = "image_rejected"',
      "stats count(*) as images, latest(key) as example, latest(detail) as why by reason",
      "sort images desc",
    ],
  },
  {
    id: "table-throttles",
    asks: ["imageProcessor", "failureRecorder"],
    lines: ['filter reason = "dynamodb_error"', "stats count(*) as attempts, latest(detail) as example by bin(5m)"],
  },
];

/** Those of an environment whose uploads take this way. */
export function savedQueriesOf(trigger: UploadTriggerKind): readonly SavedQuery[] {
  const ids = alarmsOf(trigger).map(({ id }) => id);
  return SAVED_QUERIES.filter((query) => query === REASONS_OF_FAILURE || ids.includes(query.id));
}

export const queryText = ({ lines }: SavedQuery): string => lines.join("\n| ");
