/** What can go wrong, what that means, and what the system is expected to do about it. */
export const FAULTS = [
  {
    fault: "s3_unavailable",
    title: "S3 answers 503",
    text: "Every read and write of an attempt is answered with 503 SlowDown.",
    first: "pending, then completed by the second attempt",
    every: "failed with S3_ERROR after three attempts; the event is a dead letter",
  },
  {
    fault: "dynamodb_throttled",
    title: "DynamoDB throttles",
    text: "The claim of an attempt is refused with ProvisionedThroughputExceededException, the SDK's own retries included.",
    first: "no record at first, then completed by the second attempt",
    every: "failed with RETRIES_EXHAUSTED, written by the failure recorder; the event is a dead letter",
  },
  {
    fault: "out_of_memory",
    title: "Out of memory",
    text: "The process is killed once it has claimed the image, as Lambda does above the memory limit.",
    first: "processing, then completed by the second attempt",
    every: "failed with RUNTIME_CRASH, written by the failure recorder; the event is a dead letter",
  },
  {
    fault: "time_limit",
    title: "Time limit",
    text: "The process stands still once it has claimed the image, until Lambda's time limit kills it.",
    first: "processing up to the time limit, then completed by the second attempt",
    every: "failed with TIMEOUT, written by the failure recorder; the event is a dead letter",
  },
  {
    fault: "delivered_twice",
    title: "Delivered twice",
    text: "S3 sends the event of an upload twice, as it may.",
    every: "one record, one result; the log says in_progress or duplicate_skipped",
  },
];
