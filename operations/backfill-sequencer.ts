import { createHash } from "node:crypto";
import type { ImageRecord } from "../lambda-src/records/image-record";

const PREFIX = "bf-";

/** A listing has no sequencer: what only this content at this time can have stands in for it. */
export const backfillSequencer = (lastModified: Date, eTag: string): string =>
  PREFIX +
  createHash("sha256")
    .update(JSON.stringify([lastModified.toISOString(), eTag]))
    .digest("hex")
    .slice(0, 24);

/** Whether its event is of a backfill: its time is that of the object, which may be years ago. */
export const isBackfilled = ({ sequencer }: Pick<ImageRecord, "sequencer">): boolean =>
  sequencer?.startsWith(PREFIX) ?? false;
