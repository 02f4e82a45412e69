import { contentOf, messagesOf } from "../../lambda-src/records/message-batch";
import { parseUploadEvent } from "../../lambda-src/records/upload-event";
import { type Fault, forever } from "./fault";
import type { Interference, InvocationProcess } from "./interference";
import type { WireCall } from "./wire-call";

/** What can be made to go wrong with an upload. */
export const UPLOAD_FAULTS = [
  /** S3 answers 503 to every read and write of an attempt. */
  "s3_unavailable",
  /** DynamoDB throttles the claim of an attempt, the SDK's own retries included. */
  "dynamodb_throttled",
  /** The process is killed as out of memory, after its claim. */
  "out_of_memory",
  /** The process stands still after its claim, until Lambda's time limit kills it. */
  "time_limit",
  /** S3 sends the event twice. */
  "delivered_twice",
] as const;
export type UploadFault = (typeof UPLOAD_FAULTS)[number];

/** Which of the attempts that Lambda makes by itself are struck; what is replayed later is left alone. */
export type StruckAttempts = "first" | "every";

export interface ArmedFault {
  readonly fault: UploadFault;
  /** Uploads that it still waits for. */
  readonly uploads: number;
  readonly attempts: StruckAttempts;
}

interface Plan {
  readonly faults: readonly ArmedFault[];
  invocations: number;
  process?: InvocationProcess;
}

/** As often as Lambda tries an event. */
const ATTEMPTS = 3;
/** Plans of images whose events never came to three attempts; the oldest goes first. */
const MAX_PLANS = 2000;
const SERVICE_UNAVAILABLE: Fault = { kind: "answer", status: 503, code: "SlowDown" };
const THROTTLED: Fault = { kind: "answer", status: 400, code: "ProvisionedThroughputExceededException" };

/** Faults for the next uploads, struck where they happen in truth: on the wire, and on the function's process. */
export class UploadFaults implements Interference {
  readonly #armed = new Map<UploadFault, ArmedFault>();
  /** By image id. */
  readonly #plans = new Map<string, Plan>();
  /** Requests for an original name its key alone: the image that was uploaded last under it. */
  readonly #imageOfKey = new Map<string, string>();

  readonly known = UPLOAD_FAULTS;

  /** Told when faults were switched on or off, or taken by an upload. */
  onChange: () => void = () => {};
  /** Told of every request that is struck. */
  onStrike: (fault: string) => void = () => {};

  constructor(private readonly sourceBucket: string) {}

  get armed(): readonly ArmedFault[] {
    return [...this.#armed.values()];
  }

  /** Strikes so many of the next uploads; 0 switches the fault off. */
  arm(armed: ArmedFault): void {
    if (armed.uploads > 0) this.#armed.set(armed.fault, armed);
    else this.#armed.delete(armed.fault);
    this.onChange();
  }

  /** Takes the faults that are meant for an upload. @returns how often its event is to be delivered */
  uploaded(event: unknown): 1 | 2 {
    const faults = this.armed;
    const uploads = faults.length > 0 ? this.#uploadsIn(event) : [];
    if (uploads.length === 0) return 1;
    for (const { imageId, key } of uploads) {
      this.#plans.set(imageId, { faults, invocations: 0 });
      this.#imageOfKey.set(key, imageId);
    }
    for (const armed of faults) this.arm({ ...armed, uploads: armed.uploads - 1 });
    this.#forgetOldest();
    return faults.some(({ fault }) => fault === "delivered_twice") ? 2 : 1;
  }

  /** An invocation for these images begins. */
  beforeInvocation(event: unknown, invocationProcess: InvocationProcess): undefined {
    if (this.#plans.size === 0) return;
    for (const { imageId } of this.#uploadsIn(event)) {
      const plan = this.#plans.get(imageId);
      if (!plan) continue;
      plan.invocations += 1;
      plan.process = invocationProcess;
    }
  }

  /** What is to go wrong with a request of the function. */
  decide(call: WireCall): Fault | undefined {
    const imageId = this.#imageOf(call);
    const plan = imageId === undefined ? undefined : this.#plans.get(imageId);
    if (!plan || plan.invocations > ATTEMPTS) return undefined;
    for (const { fault, attempts } of plan.faults) {
      if (attempts === "first" && plan.invocations > 1) continue;
      const struck = strike(fault, call, plan);
      if (!struck) continue;
      this.onStrike(fault);
      return struck;
    }
    return undefined;
  }

  #imageOf({ service, key }: WireCall): string | undefined {
    if (service === "dynamodb") return key;
    // previews/{imageId}/{name}
    return this.#imageOfKey.get(key) ?? key.split("/")[1];
  }

  #uploadsIn(event: unknown) {
    const events = messagesOf(event)?.map(contentOf) ?? [event];
    const records = events.flatMap((one) => parseUploadEvent(one, this.sourceBucket));
    return records.flatMap((record) => (record.kind === "upload" ? [record.upload] : []));
  }

  #forgetOldest(): void {
    for (const memory of [this.#plans, this.#imageOfKey])
      for (const key of memory.keys()) {
        if (memory.size <= MAX_PLANS) break;
        memory.delete(key);
      }
  }
}

function strike(fault: UploadFault, { service, operation, writes }: WireCall, plan: Plan): Fault | undefined {
  const readsOriginal = service === "s3" && operation === "GetObject";
  switch (fault) {
    case "s3_unavailable":
      return service === "s3" ? SERVICE_UNAVAILABLE : undefined;
    case "dynamodb_throttled":
      return writes === "processing" ? THROTTLED : undefined;
    case "out_of_memory":
      if (!readsOriginal) return undefined;
      plan.process?.starve();
      return { kind: "hold", until: forever };
    case "time_limit":
      if (!readsOriginal) return undefined;
      plan.process?.freeze();
      return { kind: "hold", until: forever };
    case "delivered_twice":
      return undefined;
  }
}
