import { createHash } from "node:crypto";
import type { S3Event } from "aws-lambda";
import { imageIdOf } from "../../lambda-src/records/image-identity";
import { type Fault, forever } from "../../local/faults/fault";
import type { WireCall } from "../../local/faults/wire-call";

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

export interface StressRates {
  readonly seed: number;
  /** Shares of all uploads, 0 to 1. */
  readonly duplicates: number;
  readonly faults: number;
  readonly kills: number;
}

interface Incident {
  readonly name: string;
  readonly happensTo: (call: WireCall) => boolean;
  readonly fault: Fault;
  /** All that the SDK asks within one invocation. */
  readonly requests: number;
}

const ask = (operation: string) => (call: WireCall) => call.operation === operation;
const set = (status: string) => (call: WireCall) => call.writes === status;
const put = (name: string) => (call: WireCall) => call.operation === "PutObject" && call.key.includes(`/${name}.`);
const answer = (status: number, code: string): Fault => ({ kind: "answer", status, code });
const THROTTLED = answer(400, "ProvisionedThroughputExceededException");

/** The SDK asks S3 three times and DynamoDB four times before it gives up. */
const INCIDENTS: readonly Incident[] = [
  { name: "claim throttled", happensTo: set("processing"), fault: THROTTLED, requests: 4 },
  { name: "claim applied, reply lost", happensTo: set("processing"), fault: { kind: "dropReply" }, requests: 1 },
  { name: "GET 503", happensTo: ask("GetObject"), fault: answer(503, "SlowDown"), requests: 3 },
  { name: "GET 500", happensTo: ask("GetObject"), fault: answer(500, "InternalError"), requests: 3 },
  { name: "GET 403", happensTo: ask("GetObject"), fault: answer(403, "AccessDenied"), requests: 1 },
  { name: "GET cut short", happensTo: ask("GetObject"), fault: { kind: "cut", afterBytes: 100 }, requests: 1 },
  { name: "GET connection broken", happensTo: ask("GetObject"), fault: { kind: "dropRequest" }, requests: 3 },
  { name: "PUT 500", happensTo: put("small"), fault: answer(500, "InternalError"), requests: 3 },
  { name: "PUT applied, reply lost", happensTo: put("medium"), fault: { kind: "dropReply" }, requests: 3 },
  { name: "commit throttled", happensTo: set("completed"), fault: THROTTLED, requests: 4 },
  { name: "commit 500", happensTo: set("completed"), fault: answer(500, "InternalServerError"), requests: 4 },
  { name: "commit applied, reply lost", happensTo: set("completed"), fault: { kind: "dropReply" }, requests: 4 },
];

interface Death {
  readonly name: string;
  readonly happensAt: (call: WireCall) => boolean;
  readonly applied: boolean;
}

const DEATHS: readonly Death[] = [
  { name: "killed before the claim", happensAt: set("processing"), applied: false },
  { name: "killed after the claim", happensAt: set("processing"), applied: true },
  { name: "killed during the GET", happensAt: ask("GetObject"), applied: true },
  { name: "killed between two PUTs", happensAt: put("small"), applied: true },
  { name: "killed before the commit", happensAt: set("completed"), applied: false },
  { name: "killed after the commit", happensAt: set("completed"), applied: true },
];

export type Repetition = "none" | "at once" | "later";

/** What happens to one upload: decided by its number and the seed alone, whatever runs beside it. */
export class UploadPlan {
  readonly repetition: Repetition;
  readonly #incident: Incident | undefined;
  readonly #death: Death | undefined;
  #requestsLeft: number;
  #died = false;

  constructor(
    readonly number: number,
    rates: StressRates,
    private readonly kill: (processId: number) => void,
  ) {
    const draw = (what: string): number => share(`${rates.seed} ${what} ${number}`);
    const pick = <T>(choices: readonly T[], what: string): T | undefined =>
      choices[Math.floor(draw(what) * choices.length)];
    this.repetition = draw("repeat") >= rates.duplicates ? "none" : draw("when") < 0.5 ? "at once" : "later";
    this.#incident = draw("fault") < rates.faults ? pick(INCIDENTS, "incident") : undefined;
    this.#death = draw("kill") < rates.kills ? pick(DEATHS, "death") : undefined;
    this.#requestsLeft = this.#incident?.requests ?? 0;
  }

  /** What the plan wants to happen, and whether it did. */
  get incidents(): readonly { readonly name: string; readonly happened: boolean }[] {
    return [
      ...(this.#incident ? [{ name: this.#incident.name, happened: this.#requestsLeft === 0 }] : []),
      ...(this.#death ? [{ name: this.#death.name, happened: this.#died }] : []),
    ];
  }

  /** @returns the fault of one request about this upload */
  strike(call: WireCall): Fault | undefined {
    if (!this.#died && this.#death?.happensAt(call)) return this.#die(this.#death, call);
    if (this.#requestsLeft === 0 || !this.#incident?.happensTo(call)) return undefined;
    this.#requestsLeft -= 1;
    return this.#incident.fault;
  }

  #die({ applied }: Death, { processId }: WireCall): Fault {
    this.#died = true;
    const kill = (): void => {
      if (processId !== undefined) this.kill(processId);
    };
    if (!applied) {
      kill();
      return { kind: "dropRequest" };
    }
    const killAndWait = (): Promise<never> => {
      kill();
      return forever();
    };
    return { kind: "holdReply", until: killAndWait };
  }
}

/** A number from 0 to 1 that depends on the text alone. */
function share(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
}
