import type { SimulatedInvocation } from "./simulated-invocation";

/** Who claimed which upload last, as nobody inside the system can know it. */
export class ClaimHistory {
  readonly #holders = new Map<string, SimulatedInvocation>();
  /** Upload and request, of every look that a recorder took. */
  readonly #looks = new Set<string>();
  /** The request whose recorder wrote `failed`, and nobody anything since. */
  readonly #recorded = new Map<string, string>();
  readonly #strays = new Set<string>();

  holderOf(imageId: string): SimulatedInvocation | undefined {
    return this.#holders.get(imageId);
  }

  /** @param clocksAgree or else the time of the recorded failure does not keep out an older claim */
  claimed(imageId: string, claimant: SimulatedInvocation, clocksAgree: boolean): void {
    const { alive, requestId } = claimant;
    const isKeptOut = clocksAgree && this.#recorded.get(imageId) === requestId;
    const stray = !alive && this.#looks.has(`${imageId} ${requestId}`) && !isKeptOut;
    if (stray) this.#strays.add(imageId);
    else this.#strays.delete(imageId);
    this.#holders.set(imageId, claimant);
    this.#recorded.delete(imageId);
  }

  /** An operator undid whatever a recorder had ended. */
  reopened(imageId: string): void {
    this.#recorded.delete(imageId);
  }

  recorderLooked(imageId: string, failedRequestId: string): void {
    this.#looks.add(`${imageId} ${failedRequestId}`);
    if (this.#recorded.get(imageId) === failedRequestId) this.#recorded.delete(imageId);
  }

  recorderWrote(imageId: string, failedRequestId: string): void {
    this.#recorded.set(imageId, failedRequestId);
  }

  /**
   * The one known gap: a dead attempt's claim that arrives after the recorder of its request had its say, on what another
   * delivery of the upload left, or with a clock ahead of the recorder's. The record stays `processing` under a lease that ends by itself, the event lies in the
   * dead letter queue, and its replay completes the record.
   */
  isStray(imageId: string): boolean {
    return this.#strays.has(imageId);
  }
}
