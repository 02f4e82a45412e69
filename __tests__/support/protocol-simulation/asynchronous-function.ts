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

interface FunctionBehaviour {
  readonly name: string;
  readonly timeLimitMs: number;
  readonly run: (event: unknown, invocation: SimulatedInvocation) => Promise<void>;
  readonly onEnd: (invocation: SimulatedInvocation, delivery: Delivery, error: unknown) => void;
  readonly onExhausted: (exhausted: Exhausted) => void;
}

/** One retry after each. */
const RETRY_DELAYS_MS = [60_000, 120_000];
const MAX_EVENT_AGE_MS = 3_600_000;
/** Port calls of one clean run of one upload, and some more. */
const LAST_CRASHING_CALL = 9;

/**
 * Lambda's asynchronous invocation: two retries under the same request id, a hard time limit, a maximum age, and somebody
 * to tell when all of that was in vain.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousFunction {
  weather: FunctionWeather = HEALTHY;
  #invocations = 0;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly behaviour: FunctionBehaviour,
    private readonly trace: (line: () => string) => void,
  ) {}

  deliver(delivery: Delivery, delayMs: number): void {
    const acceptedAtMs = this.agenda.nowMs + delayMs;
    this.#schedule(delivery, 1, acceptedAtMs, delayMs);
  }

  #schedule(delivery: Delivery, attempt: number, acceptedAtMs: number, delayMs: number, error?: DeathNotice): void {
    const throttledMs = this.random.chance(this.weather.throttled) ? MAX_EVENT_AGE_MS : 0;
    this.agenda.after(delayMs + throttledMs, () => {
      if (this.agenda.nowMs - acceptedAtMs < MAX_EVENT_AGE_MS) this.#attempt(delivery, attempt, acceptedAtMs);
      else this.#exhausted({ delivery, condition: "EventAgeExceeded", attempts: attempt - 1, error });
    });
  }

  #attempt(delivery: Delivery, attempt: number, acceptedAtMs: number): void {
    const { name, timeLimitMs, run, onEnd } = this.behaviour;
    const failed = (error: DeathNotice): void => {
      const retryDelayMs = RETRY_DELAYS_MS[attempt - 1];
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
    };
    run(delivery.event, invocation).then(() => ended(), ended);
  }

  #exhausted(exhausted: Exhausted): void {
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
