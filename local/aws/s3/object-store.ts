import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "../storage/durable-file";
import { appendMetadata, type ObjectMetadata, type ObjectSummary, readMetadata } from "./object-file";
import { SortedKeys } from "./sorted-keys";

/** Runs tasks of the same key one after the other, those of different keys at once. */
class KeyedQueue {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const result = (this.last.get(key) ?? Promise.resolve()).then(task, task);
    this.last.set(key, result);
    try {
      return await result;
    } finally {
      if (this.last.get(key) === result) this.last.delete(key);
    }
  }
}

const FILES_READ_AT_ONCE = 32;

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

/** An object that is open for reading. Whoever opened it closes the file. */
export interface OpenObject {
  readonly metadata: ObjectMetadata;
  readonly file: FileHandle;
}

/** The objects of one bucket. No key ever becomes a path: a file is named by the SHA-256 of its key. */
export class ObjectStore {
  private readonly queue = new KeyedQueue();

  private constructor(
    private readonly directory: string,
    private readonly unfinished: string,
    readonly objects: SortedKeys<ObjectSummary>,
  ) {}

  /** @param unfinished directory on the same file system, for bodies that are being received. */
  static async open(directory: string, unfinished: string): Promise<ObjectStore> {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    const names = (await readdir(directory)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const entries: [string, ObjectSummary][] = [];
    for (let start = 0; start < names.length; start += FILES_READ_AT_ONCE) {
      const batch = names.slice(start, start + FILES_READ_AT_ONCE);
      entries.push(...(await Promise.all(batch.map((name) => readEntry(join(directory, name))))));
    }
    return new ObjectStore(directory, unfinished, new SortedKeys(entries));
  }

  /**
   * Writes an object, all or nothing, and has it on disk when it returns.
   * @param receive writes the body and tells the metadata; what it throws leaves no trace.
   * @param admit sees the object that would be replaced and throws to refuse; no other write to the key comes in between.
   */
  async put(
    key: string,
    receive: (file: FileHandle) => Promise<ObjectMetadata>,
    admit: (current: ObjectSummary | undefined) => void,
  ): Promise<ObjectMetadata> {
    const temporary = join(this.unfinished, randomUUID());
    const file = await open(temporary, "wx");
    try {
      let metadata: ObjectMetadata;
      try {
        metadata = await receive(file);
        await appendMetadata(file, metadata);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.queue.run(key, async () => {
        admit(this.objects.get(key));
        await rename(temporary, this.pathOf(key));
        this.objects.set(key, summaryOf(metadata));
        await syncDirectory(this.directory);
      });
      return metadata;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** @returns undefined when there is no such object. */
  async get(key: string): Promise<OpenObject | undefined> {
    if (!this.objects.get(key)) return undefined;
    let file: FileHandle;
    try {
      file = await open(this.pathOf(key), "r");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      // The file, not the index, says what it holds: it may have been replaced just now.
      const metadata = await readMetadata(file);
      if (!metadata) throw new Error(`${this.pathOf(key)} must be an object file, got something else`);
      return { metadata, file };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** @param admit sees the object that would be deleted and throws to refuse. */
  async delete(key: string, admit: (current: ObjectSummary | undefined) => void): Promise<void> {
    await this.queue.run(key, async () => {
      admit(this.objects.get(key));
      await rm(this.pathOf(key), { force: true });
      this.objects.delete(key);
      await syncDirectory(this.directory);
    });
  }

  private pathOf(key: string): string {
    return join(this.directory, createHash("sha256").update(key).digest("hex"));
  }
}

const summaryOf = ({ sizeBytes, eTag, lastModifiedMs }: ObjectMetadata): ObjectSummary => ({
  sizeBytes,
  eTag,
  lastModifiedMs,
});

async function readEntry(path: string): Promise<[string, ObjectSummary]> {
  const file = await open(path, "r");
  try {
    const metadata = await readMetadata(file);
    if (!metadata) throw new Error(`${path} must be an object file, got something else`);
    return [metadata.key, summaryOf(metadata)];
  } finally {
    await file.close();
  }
}
