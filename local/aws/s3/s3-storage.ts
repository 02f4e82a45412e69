import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ObjectStore } from "./object-store";
import { Sequencer } from "./sequencer";

/** Everything that the server keeps on disk. */
export interface S3Storage {
  readonly buckets: ReadonlyMap<string, ObjectStore>;
  readonly sequencer: Sequencer;
}

async function open(directory: string, bucketNames: readonly string[]): Promise<S3Storage> {
  const unfinished = join(directory, "unfinished");
  // What a killed server was still receiving was never acknowledged.
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const sequencer = new Sequencer(join(directory, "sequencer"), Date.now());
  const buckets = new Map<string, ObjectStore>();
  for (const name of bucketNames) {
    buckets.set(name, await ObjectStore.open(join(directory, "buckets", name), unfinished));
  }
  return { buckets, sequencer };
}

/**
 * Opens the storage under a directory, which is made if it is missing; objects that are there stay.
 * @throws {Error} one sentence when the directory cannot be used.
 */
export async function openS3Storage(directory: string, bucketNames: readonly string[]): Promise<S3Storage> {
  try {
    return await open(directory, bucketNames);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The directory of the S3 server must be one that it can read and write, got ${JSON.stringify(directory)}: ${reason}`,
      { cause: error },
    );
  }
}
