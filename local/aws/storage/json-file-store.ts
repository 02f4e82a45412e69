import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DRAFT_SUFFIX, writeDurably } from "./durable-file";

const EXTENSION = ".json";

/**
 * A directory with one JSON file per entry, named by an id that sorts in the order of delivery. What `save` has
 * resolved for survives `kill -9` and a power cut.
 */
export class JsonFileStore<T> {
  private constructor(readonly directory: string) {}

  static async open<T>(directory: string): Promise<JsonFileStore<T>> {
    await mkdir(directory, { recursive: true });
    const leftovers = (await readdir(directory)).filter((name) => name.endsWith(DRAFT_SUFFIX));
    await Promise.all(leftovers.map((name) => rm(join(directory, name), { force: true })));
    return new JsonFileStore<T>(directory);
  }

  /** The ids of all entries, sorted by code unit. */
  async ids(): Promise<string[]> {
    const names = (await readdir(this.directory)).filter((name) => name.endsWith(EXTENSION));
    return names.map((name) => name.slice(0, -EXTENSION.length)).sort();
  }

  /**
   * The entry, or `undefined` when there is none.
   * @throws {Error} when the file is no JSON: it was edited by hand, and dropping it silently would lose an event
   */
  async read(id: string): Promise<T | undefined> {
    const path = this.#path(id);
    try {
      return JSON.parse(await readFile(path, "utf8")) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      if (!(error instanceof SyntaxError)) throw error;
      throw new Error(`${path} must be JSON: repair the file or delete it`, { cause: error });
    }
  }

  async save(id: string, entry: T): Promise<void> {
    await writeDurably(this.#path(id), `${JSON.stringify(entry, null, 1)}\n`);
  }

  /** Removing what is absent is no error. */
  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #path(id: string): string {
    if (!/^[\w-]{1,120}$/.test(id))
      throw new Error(`id must be 1 to 120 letters, digits, _ or -, got ${JSON.stringify(id)}`);
    return join(this.directory, id + EXTENSION);
  }
}
