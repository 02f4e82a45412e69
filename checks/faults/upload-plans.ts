import { imageIdOf } from "../../lambda-src/records/image-identity";
import type { S3Event } from "../../local/aws/s3/s3-event";
import type { WireCall } from "../../local/faults/wire-call";
import { type StressRates, UploadPlan } from "./upload-plan";

/** The plans of all uploads that were announced, found again by what a request says. */
export class UploadPlans {
  readonly #byImageId = new Map<string, UploadPlan>();
  readonly #byKey = new Map<string, UploadPlan>();

  constructor(private readonly rates: StressRates) {}

  /** @param event of a first delivery; its key ends in `/NUMBER.jpg` and needs no decoding */
  add(event: S3Event): UploadPlan {
    const { key } = objectIn(event);
    const number = Number(/(\d+)\.jpg$/.exec(key)?.[1]);
    const plan = new UploadPlan(number, this.rates, (processId) => process.kill(processId, "SIGKILL"));
    this.#byImageId.set(imageIdIn(event), plan);
    this.#byKey.set(key, plan);
    return plan;
  }

  planOf({ operation, key }: WireCall): UploadPlan | undefined {
    switch (operation) {
      case "GetObject":
        return this.#byKey.get(key);
      case "PutObject":
        return this.#byImageId.get(key.split("/")[1] ?? "");
      default:
        return this.#byImageId.get(key);
    }
  }

  get imageIds(): ReadonlySet<string> {
    return new Set(this.#byImageId.keys());
  }

  /** How often each kind of incident happened. */
  get incidents(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { name, happened } of [...this.#byImageId.values()].flatMap(({ incidents }) => incidents))
      if (happened) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }
}

export function imageIdIn(event: S3Event): string {
  const { key, sequencer } = objectIn(event);
  const [record] = event.Records;
  return imageIdOf({ bucket: record?.s3.bucket.name ?? "", key, version: sequencer });
}

function objectIn(event: S3Event): S3Event["Records"][number]["s3"]["object"] {
  const [record] = event.Records;
  if (!record) throw new Error("the event of an upload must have a record, got none");
  return record.s3.object;
}
