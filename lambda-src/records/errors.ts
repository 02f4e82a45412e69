import type { TransientCode } from "../../contract/error-codes";

/**
 * Two kinds of failure. A permanent one is a fact about the upload: it is recorded and never retried. Everything else is
 * thrown, so that Lambda tries again. Branch on class or code, never on message text.
 */

/** Something around the upload is at fault: the same upload may succeed in a minute. */
export class TransientFailure extends Error {
  override readonly name = "TransientFailure";
  constructor(
    readonly code: TransientCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Another invocation works on this image and its lease has not expired. */
export class LeaseHeld extends Error {
  override readonly name = "LeaseHeld";
}

/** Our lease was taken over before we could write the result. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** An event or a record of it that does not say which object it is about. */
export class MalformedEvent extends Error {
  override readonly name = "MalformedEvent";
}
