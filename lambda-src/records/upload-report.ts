import { messageOf } from "../../contract/error-codes";
import type { RejectedImage } from "../images/formats/rejected-image";
import { TransientFailure } from "./errors";
import type { Clock, Invocation, LogFields, Telemetry } from "./ports";
import type { Claim } from "./record-updates";
import type { Upload } from "./upload-event";

const MAX_MESSAGE_LENGTH = 500;

/** What became of one upload, as one log line and its metrics. */
export class UploadReport {
  readonly #startedMs: number;

  constructor(
    private readonly upload: Upload,
    private readonly invocation: Invocation,
    private readonly system: { readonly telemetry: Telemetry; readonly clock: Clock },
  ) {
    this.#startedMs = system.clock.now();
  }

  completed(held: Claim): void {
    const fields = this.#describe(held);
    this.system.telemetry.decided("completed", fields);
    // With a value for every image, the average of ImagesRejected is the share of those that were.
    this.system.telemetry.measured({ ImagesCompleted: 1, ImagesRejected: 0, ProcessingTime: fields.durationMs });
  }

  rejected(held: Claim, { code, message }: RejectedImage): void {
    const fields = { ...this.#describe(held), reason: code.toLowerCase(), detail: shortened(message) };
    this.system.telemetry.decided("image_rejected", fields);
    // An archived original is sound: it is for the operator to restore, and says nothing of what users upload.
    if (code !== "ARCHIVED") this.system.telemetry.measured({ ImagesRejected: 1 });
  }

  retried(held: Claim | undefined, error: unknown): void {
    const reason = error instanceof TransientFailure ? error.code.toLowerCase() : "unexpected";
    this.system.telemetry.decided("retryable", {
      ...this.#describe(held),
      reason,
      detail: shortened(messageOf(error)),
    });
    this.system.telemetry.measured({ ImagesRetried: 1 });
  }

  #describe(held: Claim | undefined): LogFields & { durationMs: number } {
    return {
      imageId: this.upload.imageId,
      key: this.upload.key,
      requestId: this.invocation.requestId,
      attempt: held?.attempts,
      durationMs: this.system.clock.now() - this.#startedMs,
    };
  }
}

/** Messages end up in a table and in a log: a file's own words must not fill them. */
export const shortened = (text: string): string =>
  text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, MAX_MESSAGE_LENGTH - 1)}…`;
