import { readFileSync } from "node:fs";
import { AWS_PRICES } from "../checks/burst/burst-costs";
import { alarmsOf } from "../contract/alarms";
import {
  ABORT_MULTIPART_UPLOADS_DAYS,
  ASYNCHRONOUS_INVOCATION,
  DEAD_LETTER_RETENTION_DAYS,
  FAILURE_RECORDER,
  IMAGE_PROCESSOR,
  LAMBDA_FREE_STORAGE_MB,
  MAXIMUM_ATTEMPTS,
  NONCURRENT_VERSIONS_DAYS,
  ORIGINAL_TRANSITIONS,
  QUEUED_UPLOADS,
  UPLOAD_CORS,
} from "../contract/deployment";
import { METRICS } from "../contract/names";
import { DEFAULT_SETTINGS } from "../contract/read-settings";
import { previewExpiryDays } from "../contract/setting-rules";
import { countInWords, durationInWords } from "../contract/words";

const MB_PER_GIGABYTE = 1024;
/** What Lambda leaves to the account's shared concurrency. */
const UNRESERVED = 100;

const AGE = durationInWords(ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds);
const ATTEMPTS = countInWords(MAXIMUM_ATTEMPTS);
const RECEIVES = countInWords(QUEUED_UPLOADS.maxReceives);
const TIMES = MAXIMUM_ATTEMPTS === 3 ? "twice" : `${countInWords(ASYNCHRONOUS_INVOCATION.maximumRetryAttempts)} times`;
const [COOLER, COLDEST] = ORIGINAL_TRANSITIONS.map(({ days }) => days);
const { LAMBDA_MEMORY_MB, LAMBDA_TIMEOUT_S, RESERVED_CONCURRENCY, LOG_RETENTION_DAYS } = DEFAULT_SETTINGS;
const { maxAgeSeconds, allowedMethods } = UPLOAD_CORS;

const FACTS: Readonly<Record<string, readonly string[]>> = {
  "README.md": [
    `an event that waits longer than ${AGE} is recorded as \`EVENT_AGE_EXCEEDED\``,
    `| ${ATTEMPTS} attempts failed; the event is in the dead letter queue |`,
    `quota is below ${UNRESERVED + (RESERVED_CONCURRENCY ?? 0)} (new accounts start with 10) cannot reserve ${RESERVED_CONCURRENCY}:`,
    `${capital(countInWords(RESERVED_CONCURRENCY ?? 0))} images at once (\`RESERVED_CONCURRENCY\`)`,
    `move to Standard-IA after ${COOLER} days ($0.0125 a GB, $10 per million to move) and to Glacier Instant Retrieval after ${COLDEST}`,
    `${LAMBDA_MEMORY_MB.toLocaleString("en-US")} MB on x86_64`,
    `1M × 0.6 s × ${LAMBDA_MEMORY_MB / MB_PER_GIGABYTE} GB × $${AWS_PRICES.lambdaGigabyteSecond}`,
    `${IMAGE_PROCESSOR.ephemeralStorageMb - LAMBDA_FREE_STORAGE_MB} MB extra \`/tmp\``,
    costOfWatching(),
  ],
  "docs/architecture.md": [
    `Lambda retries ${TIMES}, after about one and two minutes`,
    `event older than ${AGE}`,
    `\`QUEUE_RETENTION_DAYS\` instead of ${AGE}`,
    `${countInWords(QUEUED_UPLOADS.visibilityTimeLimits)} time limits from its receive on`,
    `after ${RECEIVES} receives SQS moves the message`,
  ],
  "docs/migrate-from-cdk.md": [
    `older than ${COOLER} and ${COLDEST} days move to cheaper storage`,
    `previews expire after ${previewExpiryDays(DEFAULT_SETTINGS)} days`,
    `drop unfinished uploads after ${ABORT_MULTIPART_UPLOADS_DAYS} days`,
  ],
  "docs/operations.md": [`expire after ${AGE} as \`EVENT_AGE_EXCEEDED\``],
  "docs/parity.md": [
    `STANDARD_IA after ${COOLER} days, GLACIER_IR after ${COLDEST}`,
    `CORS: ${allowedMethods.join(", ")}; any header; ${maxAgeSeconds} s`,
    `\`previews/\` expire after ${previewExpiryDays(DEFAULT_SETTINGS)} days`,
    `\`/aws/lambda/image-processor-{suffix}\`, ${LOG_RETENTION_DAYS} days, retained`,
    `${LAMBDA_MEMORY_MB} MB, ${LAMBDA_TIMEOUT_S} s, ${RESERVED_CONCURRENCY} at once, /tmp ${IMAGE_PROCESSOR.ephemeralStorageMb} MB`,
    `dead letter queue, ${DEAD_LETTER_RETENTION_DAYS} days`,
    `\`image-failure-recorder-{suffix}\`: ${FAILURE_RECORDER.memoryMb} MB, ${FAILURE_RECORDER.timeoutSeconds} s`,
    `unfinished uploads go after ${ABORT_MULTIPART_UPLOADS_DAYS} days`,
    `old versions go after ${NONCURRENT_VERSIONS_DAYS} days`,
  ],
  "docs/runbook.md": [
    `an event that waits longer than ${AGE} is recorded as failed, and a dead letter is deleted after ${DEAD_LETTER_RETENTION_DAYS} days`,
    `end as \`DEADLINE\` after ${ATTEMPTS} attempts`,
    `lose nothing before ${AGE}`,
    `after ${ATTEMPTS} attempts or ${AGE} of waiting; in queue mode after ${RECEIVES} receives`,
    `Lambda repeats it ${TIMES}`,
    `After ${DEAD_LETTER_RETENTION_DAYS} days SQS deletes it`,
  ],
  "docs/deploy.md": [`with \`SOURCE_VERSIONING=true\`, for ${NONCURRENT_VERSIONS_DAYS} days`],
  "console/page/queue/queue-view.js": [`gave up after ${ATTEMPTS} attempts, or that waited for more than ${AGE}`],
};

/** An alarm is billed by what it looks at: one on a share reads two metrics. */
function costOfWatching(): string {
  const { customMetricMonth, alarmMetricMonth, compositeAlarmMonth } = AWS_PRICES;
  const metrics = Object.keys(METRICS).length;
  const watched = alarmsOf("lambda").reduce((sum, { watches }) => sum + (watches.kind === "percentage" ? 2 : 1), 0);
  const dollars = metrics * customMetricMonth + watched * alarmMetricMonth + compositeAlarmMonth;
  const [metric, alarm, composite, sum] = [customMetricMonth, alarmMetricMonth, compositeAlarmMonth, dollars].map(
    (price) => `$${price.toFixed(2)}`,
  );
  return `| ${metrics} × ${metric} + ${watched} × ${alarm} + 1 composite × ${composite} | ${sum} | ${sum} |`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const facts = Object.entries(FACTS).flatMap(([path, sentences]) => sentences.map((sentence) => [path, sentence]));

test.each(facts)("%s says what is deployed: %s", (path = "", sentence = "") => {
  const text = readFileSync(path, "utf8").replace(/\s+/g, " ");
  // Not toContain, which would print the whole document.
  expect(text.includes(sentence)).toBe(true);
});
