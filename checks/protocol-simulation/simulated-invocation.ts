import type { Clock, Invocation } from "../../lambda-src/records/ports";
import type { Agenda, Task } from "./agenda";
import type { Photo } from "./photo";

export interface CrashPlan {
  /** The port call, counted from 1, at which the process dies. */
  readonly atCall: number;
  /** A request that was sent takes effect although its sender is dead. */
  readonly when: "before sending" | "after sending";
}

/** What Lambda reports of a process that ended without an answer. */
export interface DeathNotice {
  readonly errorType: string;
  readonly errorMessage: string;
}

interface InvocationPlan {
  readonly name: string;
  readonly requestId: string;
  readonly photos: readonly Photo[];
  readonly timeLimitMs: number;
  readonly clockSkewMs: number;
  readonly crash?: CrashPlan;
}

const STOP_BEFORE_LIMIT_MS = 1_500;
const END_BEFORE_LIMIT_MS = 250;

/** One process that runs one attempt. Once dead, it never learns another reply and sends nothing more. */
export class SimulatedInvocation implements Clock {
  alive = true;
  /** A busy loop: neither timers nor replies get through. */
  blocked = false;
  /** Why this invocation may throw; an error without a cause is a defect. */
  readonly causes: string[] = [];
  /** Image ids of the records that it tried to write. */
  readonly touched = new Set<string>();
  readonly context: Invocation;
  readonly name: string;
  readonly photos: readonly Photo[];
  /** Virtual epoch ms, of the world and not of this machine's clock. */
  readonly diesAtMs: number;
  readonly startedAtMs: number;
  #calls = 0;
  #timers: readonly Task[];

  constructor(
    private readonly agenda: Agenda,
    private readonly plan: InvocationPlan,
    private readonly onDeath: (notice: DeathNotice) => void,
  ) {
    this.name = plan.name;
    this.photos = plan.photos;
    this.startedAtMs = agenda.nowMs;
    this.diesAtMs = agenda.nowMs + plan.timeLimitMs;
    const stop = new AbortController();
    const end = new AbortController();
    this.context = {
      requestId: plan.requestId,
      deadlineMs: this.diesAtMs + plan.clockSkewMs,
      stop: stop.signal,
      end: end.signal,
    };
    this.#timers = [
      agenda.after(plan.timeLimitMs - STOP_BEFORE_LIMIT_MS, () => this.#abort(stop, "stop")),
      agenda.after(plan.timeLimitMs - END_BEFORE_LIMIT_MS, () => this.#abort(end, "end")),
      agenda.after(plan.timeLimitMs, () =>
        this.die({ errorType: "Sandbox.Timedout", errorMessage: "Error: Task timed out after 30.00 seconds" }),
      ),
    ];
  }

  get requestId(): string {
    return this.plan.requestId;
  }

  /** By how much its clock is ahead of the world's. */
  get clockSkewMs(): number {
    return this.plan.clockSkewMs;
  }

  now(): number {
    return this.agenda.nowMs + this.plan.clockSkewMs;
  }

  /** Counts a port call; says when the process dies of it. */
  nextCall(): CrashPlan["when"] | undefined {
    this.#calls += 1;
    return this.plan.crash?.atCall === this.#calls ? this.plan.crash.when : undefined;
  }

  crash(): void {
    this.die({ errorType: "Runtime.ExitError", errorMessage: "Error: Runtime exited with error: signal: killed" });
  }

  die(notice: DeathNotice): void {
    if (!this.alive) return;
    this.end();
    this.onDeath(notice);
  }

  /** The process is over, one way or another. */
  end(): void {
    this.alive = false;
    for (const timer of this.#timers) timer.cancel();
  }

  #abort(controller: AbortController, cause: string): void {
    if (this.blocked) return;
    this.causes.push(cause);
    controller.abort();
  }
}
