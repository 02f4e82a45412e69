import type { PermanentCode } from "../../../contract/error-codes";

/** The upload itself is at fault, and always will be. */
export class RejectedImage extends Error {
  override readonly name = "RejectedImage";
  constructor(
    readonly code: PermanentCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
