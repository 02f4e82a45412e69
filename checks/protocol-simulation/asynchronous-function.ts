import { ASYNCHRONOUS_INVOCATION, visibilityTimeoutSeconds } from "../../contract/deployment";
import { RETRY_DELAYS_SECONDS } from "../../local/aws/lambda/asynchronous-invoker";
import type { Agenda } from "./agenda";
import type { Photo } from "./photo";
import type { Random } from "./random";
import { type CrashPlan, type DeathNotice, SimulatedInvocation } from "./simulated-invocation";

/** How a function fares, by itself and in Lambda's queue. */
export interface FunctionWeather {
  /** Probability that an invocation dies at one of its port calls. */
  readonly crash: number;
  /** Probability that an event waits for longer than its maximum age. */
  readonly throttled: number;
  readonly maxClockSkewMs: number;
}

export const HEALTHY: FunctionWeather = { crash: 0, throttled: 0, maxClockSkewMs: 0 };

/** One event in the function's queue, with everything that was tried. */
export interface Delivery {
  readonly event: unknown;
  readonly requestId: string;
  readonly photos: readonly Photo[];
}

export interface Exhausted {
  readonly delivery: Delivery;
  readonly condition: "RetriesExhausted" | "EventAgeExceeded";
  readonly attempts: number;
  readonly error?: DeathNotice;
}

/** When a failed event comes again, and until when. */
export interface Redelivery {
  /** From the failure on; undefined after the last attempt. `ranMs` is how long the failed attempt took. */
  delayMs(attempt: number, ranMs: number): number | undefined;
  readonly maxAgeMs: number;
}

interface FunctionBehaviour {
  readonly name: string;
  readonly timeLimitMs: number;
  readonly redelivery: Redelivery;
  readonly run: (event: unknown, invocation: SimulatedInvocation) => Promise<void>;
  readonly onEnd: (invocation: SimulatedInvocation, delivery: Delivery, error: unknown) => void;
  readonly onExhausted: (exhausted: Exhausted) => void;
}

const MS_PER_SECOND = 1000;
const RETRY_DELAYS_MS = RETRY_DELAYS_SECONDS.slice(0, ASYNCHRONOUS_INVOCATION.maximumRetryAttempts).map(
  (seconds) => seconds * MS_PER_SECOND,
);

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const BY_INVOCATION: Redelivery = {
  delayMs: (attempt) => RETRY_DELAYS_MS[attempt - 1],
  maxAgeMs: ASYNCHRONOUS_INVOCATION.maximumEventAgeSeconds * MS_PER_SECOND,
};

/** A message comes again when its visibility time has passed, counted from its receive on. */
export const throughQueue = (timeLimitMs: number, maxReceives: number): Redelivery => ({
  delayMs: (attempt, ranMs) => (attempt < maxReceives ? visibilityTimeoutSeconds(timeLimitMs) - ranMs : undefined),
  // Longer than any schedule: nobody takes a message that expired.
  maxAgeMs: Number.POSITIVE_INFINITY,
});

/** Port calls of one clean run of one upload, and some more. */
const LAST_CRASHING_CALL = 9;

/**
 * A function behind a queue, Lambda's own or another: it gets an event again under the same request or message id, has a hard
 * time limit, and somebody is told when all of that was in vain.
 */
export class AsynchronousFunction {
  weather: FunctionWeather = HEALTHY;
  /** Events that wait or are at work. */
  open = 0;
  #invocations = 0;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly behaviour: FunctionBehaviour,
    private readonly trace: (line: () => string) => void,
  ) {}

  deliver(delivery: Delivery, delayMs: number): void {
    const acceptedAtMs = this.agenda.nowMs + delayMs;
    this.open += 1;
    this.#schedule(delivery, 1, acceptedAtMs, delayMs);
  }

  #schedule(delivery: Delivery, attempt: number, acceptedAtMs: number, delayMs: number, error?: DeathNotice): void {
    const { maxAgeMs } = this.behaviour.redelivery;
    const throttledMs = this.random.chance(this.weather.throttled) && Number.isFinite(maxAgeMs) ? maxAgeMs : 0;
    this.agenda.after(delayMs + throttledMs, () => {
      if (this.agenda.nowMs - acceptedAtMs < maxAgeMs) this.#attempt(delivery, attempt, acceptedAtMs);
      else this.#exhausted({ delivery, condition: "EventAgeExceeded", attempts: attempt - 1, error });
    });
  }

  #attempt(delivery: Delivery, attempt: number, acceptedAtMs: number): void {
    const { name, timeLimitMs, redelivery, run, onEnd } = this.behaviour;
    const startedAtMs = this.agenda.nowMs;
    const failed = (error: DeathNotice): void => {
      const retryDelayMs = redelivery.delayMs(attempt, this.agenda.nowMs - startedAtMs);
      if (retryDelayMs === undefined)
        this.#exhausted({ delivery, condition: "RetriesExhausted", attempts: attempt, error });
      else this.#schedule(delivery, attempt + 1, acceptedAtMs, retryDelayMs + this.random.between(0, 10_000), error);
    };
    this.#invocations += 1;
    const skewMs = this.weather.maxClockSkewMs;
    const invocation = new SimulatedInvocation(
      this.agenda,
      {
        name: `${name} ${this.#invocations} (${delivery.requestId}, try ${attempt})`,
        requestId: delivery.requestId,
        photos: delivery.photos,
        timeLimitMs,
        clockSkewMs: this.random.between(-skewMs, skewMs),
        crash: this.#crashPlan(),
      },
      (notice) => {
        this.trace(() => `${invocation.name} is dead: ${notice.errorType}`);
        failed(notice);
      },
    );
    this.trace(() => `${invocation.name} starts`);
    const ended = (error?: unknown): void => {
      if (!invocation.alive) return;
      invocation.end();
      this.trace(() => `${invocation.name} ${error ? `throws ${String(error)}` : "succeeds"}`);
      onEnd(invocation, delivery, error);
      if (error) failed({ errorType: "AggregateError", errorMessage: String(error) });
      else this.open -= 1;
    };
    run(delivery.event, invocation).then(() => ended(), ended);
  }

  #exhausted(exhausted: Exhausted): void {
    this.open -= 1;
    this.trace(() => `${this.behaviour.name} ${exhausted.delivery.requestId} is given up: ${exhausted.condition}`);
    this.behaviour.onExhausted(exhausted);
  }

  #crashPlan(): CrashPlan | undefined {
    if (!this.random.chance(this.weather.crash)) return undefined;
    return {
      atCall: this.random.between(1, LAST_CRASHING_CALL),
      when: this.random.pick(["before sending", "after sending"]),
    };
  }
}
