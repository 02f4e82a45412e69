import type { RecordStatus } from "../../lambda-src/records/image-record";

/** `atLeast`: counting stopped there. */
export interface StateCount {
  readonly images: number;
  readonly atLeast: boolean;
}
export type StateCounts = Readonly<Record<RecordStatus, StateCount>>;

/** How many images are in each state, exact from one reading of the index and every change after its beginning. */
export class StateTally {
  readonly #states = new Map<string, RecordStatus | undefined>();
  onChange: () => void = () => {};

  /** An image as it is now; without a state it is gone. */
  changed(imageId: string, state: RecordStatus | undefined): void {
    this.#states.set(imageId, state);
    this.onChange();
  }

  /** An image as the index has it: whatever changed since the reading began is newer. */
  read(imageId: string, state: RecordStatus): void {
    if (!this.#states.has(imageId)) this.changed(imageId, state);
  }

  get counts(): StateCounts {
    const images: Record<RecordStatus, number> = { pending: 0, processing: 0, completed: 0, failed: 0 };
    for (const state of this.#states.values()) if (state) images[state] += 1;
    const exactly = (state: RecordStatus): StateCount => ({ images: images[state], atLeast: false });
    return {
      pending: exactly("pending"),
      processing: exactly("processing"),
      completed: exactly("completed"),
      failed: exactly("failed"),
    };
  }
}
