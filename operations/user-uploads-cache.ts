import type { Pipeline } from "./pipeline-clients";
import { UserUploads } from "./user-uploads";

/** Users that are loaded before their turn. */
const AHEAD = 16;

/**
 * Loads what is known of each user once. Keys come sorted, so each user's come together, except those of the user `unknown`,
 * which lie between all others: that one stays.
 */
export class UserUploadsCache {
  readonly #loading = new Map<string, Promise<UserUploads>>();
  #expected: readonly string[] = [];

  constructor(
    private readonly pipeline: Pipeline,
    private readonly signal: AbortSignal,
  ) {}

  /** The users of the objects that come next, in their order. */
  expect(userIds: readonly string[]): void {
    this.#expected = [...new Set(userIds)];
    for (const userId of this.#loading.keys())
      if (userId !== UNKNOWN && !this.#expected.includes(userId)) this.#loading.delete(userId);
  }

  of(userId: string): Promise<UserUploads> {
    const position = this.#expected.indexOf(userId);
    // Users that were passed do not come again.
    for (const passed of this.#expected.slice(0, Math.max(position, 0)))
      if (passed !== UNKNOWN) this.#loading.delete(passed);
    this.#expected = this.#expected.slice(Math.max(position, 0));
    for (const next of this.#expected.slice(0, AHEAD)) void this.#load(next);
    return this.#load(userId);
  }

  #load(userId: string): Promise<UserUploads> {
    const known = this.#loading.get(userId);
    if (known !== undefined) return known;
    const loading = UserUploads.load(userId, this.pipeline, this.signal);
    // Its failure is met in its turn.
    loading.catch(() => {});
    this.#loading.set(userId, loading);
    return loading;
  }
}

const UNKNOWN = "unknown";
