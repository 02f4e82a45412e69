import { PREVIEW_PREFIX } from "../../contract/names";
import { hasExpired } from "../../lambda-src/records/image-record";
import { isLeaseLive } from "../../operations/image-progress";
import { deletePhoto, type Photo } from "./photo";
import type { Random } from "./random";
import type { SimulatedSystem } from "./simulated-system";

const STEPS = ["retire", "original", "previews", "record"] as const;
type Step = (typeof STEPS)[number];

export interface DeletionPlan {
  /** Before each step. */
  readonly thinkMs: () => number;
  /** The operator dies before this step. */
  readonly diesBefore?: Step;
}

export const randomDeletion = (random: Random): DeletionPlan => ({
  thinkMs: () => random.pick([0, random.between(0, 50), random.between(0, 20_000)]),
  diesBefore: random.chance(0.3) ? random.pick(STEPS) : undefined,
});

export const SWIFT_DELETION: DeletionPlan = { thinkMs: () => 0 };

/**
 * An operator looks at an image and deletes it in the order of `deleteImage`: first nobody may claim it any more, then the
 * original, the previews and the record go.
 */
export function deleteImage(system: SimulatedSystem, photo: Photo, { thinkMs, diesBefore }: DeletionPlan): void {
  const { agenda, buckets, table, pipeline, operatorClock } = system;
  const { imageId } = photo;
  const seen = table.itemOf(imageId);
  if (!seen || hasExpired(seen, operatorClock.now()) || diesBefore === "retire") return;
  const steps: Readonly<Record<Step, () => boolean>> = {
    retire: () => {
      if (isLeaseLive(seen, operatorClock.now())) return false;
      return table.retire(pipeline.retire(seen, Math.floor(operatorClock.now() / 1000)));
    },
    original: () => {
      const isCurrent = buckets.photos.findLast(({ key }) => key === photo.key) === photo;
      // What lies there now belongs to a newer upload.
      if (photo.versionId || isCurrent) deletePhoto(photo, buckets.photos);
      return true;
    },
    previews: () => {
      for (const key of buckets.previews.keys())
        if (key.startsWith(`${PREVIEW_PREFIX}${imageId}/`)) buckets.previews.delete(key);
      return true;
    },
    record: () => table.deleteRetired(seen),
  };
  const begin = (number: number): void => {
    const step = STEPS[number];
    if (!step) return;
    if (step === diesBefore) {
      system.trace(() => `operator: dies before deleting the ${step}`);
      return;
    }
    agenda.after(thinkMs(), () => {
      const done = steps[step]();
      system.trace(() => `operator: ${done ? "deletes" : "does not delete"} ${imageId.slice(0, 4)}, ${step}`);
      if (done) begin(number + 1);
    });
  };
  begin(0);
}
