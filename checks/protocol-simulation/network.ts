import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Agenda } from "./agenda";
import type { Random } from "./random";
import type { SimulatedInvocation } from "./simulated-invocation";

/** How often things go wrong between an invocation and a service; probabilities per request. */
export interface Weather {
  readonly failure: number;
  readonly lostReply: number;
  /** The client lost the reply, and sent the request again by itself. */
  readonly resent: number;
  readonly stall: number;
  readonly slow: number;
}

export const CALM: Weather = { failure: 0, lostReply: 0, resent: 0, stall: 0, slow: 0 };

export interface Request<T> {
  readonly invocation: SimulatedInvocation;
  readonly label: string;
  readonly signal?: AbortSignal;
  /** What the service does when the request arrives; throws what the service answers. */
  readonly apply: () => T;
  /** What the client throws when no answer came. */
  readonly failure: (reason: string) => Error;
}

type Reply<T> = { readonly value: T } | { readonly error: unknown };

/** A request travels no longer than this, so nothing of an attempt is under way when Lambda starts the next one. */
export const MAX_FLIGHT_MS = 5_000;

/** Carries every request of every invocation: each is a point where the seed decides who goes on, and who dies. */
export class Network {
  weather: Weather = CALM;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly trace: (line: () => string) => void,
  ) {}

  call<T>(request: Request<T>): Promise<T> {
    const { invocation, label, signal, failure } = request;
    if (!invocation.alive) return never();
    const crash = invocation.nextCall();
    if (crash === "before sending") {
      this.trace(() => `${invocation.name} crashes before ${label}`);
      invocation.crash();
      return never();
    }
    if (signal?.aborted) return Promise.reject(failure("aborted"));
    const reply = new Promise<T>((resolve, reject) => {
      let open = true;
      const answer = (outcome: Reply<T>): void => {
        if (!open || !invocation.alive) return;
        open = false;
        signal?.removeEventListener("abort", abort);
        if ("value" in outcome) resolve(outcome.value);
        else reject(outcome.error);
      };
      const fail = (reason: string): void => {
        if (!open || !invocation.alive) return;
        this.trace(() => `${invocation.name}: ${label} -> ${reason}`);
        invocation.causes.push(`${label}: ${reason}`);
        answer({ error: failure(reason) });
      };
      const abort = (): void => fail("aborted");
      signal?.addEventListener("abort", abort, { once: true });
      this.#send(request, crash === "after sending", answer, fail);
    });
    if (crash === "after sending") {
      this.trace(() => `${invocation.name} crashes after sending ${label}`);
      invocation.crash();
      return never();
    }
    return reply;
  }

  #send<T>(
    request: Request<T>,
    senderDies: boolean,
    answer: (reply: Reply<T>) => void,
    fail: (reason: string) => void,
  ): void {
    const { failure, lostReply, resent, stall } = this.weather;
    const arrive = (then: (reply: Reply<T>) => void): void => {
      this.agenda.afterUnnoticed(this.#flightMs(senderDies), () => then(this.#apply(request)));
    };
    const later = (then: () => void): void => {
      this.agenda.after(this.#replyMs(), then);
    };
    if (this.random.chance(failure)) later(() => fail("failed"));
    else if (this.random.chance(lostReply)) arrive(() => later(() => fail("reply lost")));
    else if (this.random.chance(resent)) arrive(() => arrive((reply) => later(() => answer(reply))));
    else if (!this.random.chance(stall)) arrive((reply) => later(() => answer(reply)));
    else if (this.random.chance(0.5)) arrive(() => undefined);
  }

  #apply<T>({ invocation, label, apply }: Request<T>): Reply<T> {
    try {
      const value = apply();
      this.trace(
        () => `${invocation.name}: ${label} -> ${describe(value)}${invocation.alive ? "" : " (sender is dead)"}`,
      );
      return { value };
    } catch (error) {
      this.trace(() => `${invocation.name}: ${label} -> ${String(error)}`);
      return { error };
    }
  }

  /** Requests of the dead are late more often: those are the dangerous ones. */
  #flightMs(senderDies: boolean): number {
    return this.random.chance(senderDies ? 0.5 : this.weather.slow)
      ? this.random.between(50, MAX_FLIGHT_MS)
      : this.random.between(1, 50);
  }

  #replyMs(): number {
    return this.random.chance(this.weather.slow) ? this.random.between(50, 20_000) : this.random.between(1, 50);
  }
}

export const never = (): Promise<never> => new Promise(() => {});

function describe(value: unknown): string {
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  if (typeof value !== "object" || value === null) return "done";
  if ("refused" in value) return "refused";
  const { processingStatus, attempts, leaseOwner, errorCode } = value as Partial<ImageRecord>;
  if (processingStatus === undefined) return "answered";
  return [processingStatus, errorCode, `attempt ${attempts}`, leaseOwner && `of ${leaseOwner}`]
    .filter(Boolean)
    .join(" ");
}
