import { ask } from "../shell/server.js";

/** Uploads under way at once. */
export const AT_ONCE = 4;
const ATTEMPTS = 3;
const RETRY_DELAY_MS = 600;

/** @typedef {{file: File, path: string, userId: string, share: number, error?: string}} Transfer */

/** S3 or the console refused, and would again. */
class Refused extends Error {}

/**
 * Uploads files as an application would: asks for a presigned URL, then PUTs the file straight to S3. A few at once; what
 * fails on the way is tried again, then left for the person to retry. Dispatches `change`.
 */
export class UploadQueue extends EventTarget {
  #waiting = /** @type {Transfer[]} */ ([]);
  #running = /** @type {Set<Transfer>} */ (new Set());
  #failed = /** @type {Set<Transfer>} */ (new Set());
  #done = 0;
  #total = 0;

  /**
   * @param {readonly import("./dropped-files.js").FoundFile[]} files
   * @param {string} userId
   */
  add(files, userId) {
    if (this.idle) this.#done = this.#total = 0;
    this.#total += files.length;
    this.#waiting.push(...files.map(({ file, path }) => ({ file, path, userId, share: 0 })));
    this.#pump();
  }

  /** @param {Transfer} item */
  retry(item) {
    this.#failed.delete(item);
    this.#waiting.push({ ...item, share: 0, error: undefined });
    this.#pump();
  }

  retryAll() {
    for (const item of [...this.#failed]) this.retry(item);
  }

  forgetFailed() {
    this.#total -= this.#failed.size;
    this.#failed.clear();
    this.#changed();
  }

  get idle() {
    return this.#waiting.length === 0 && this.#running.size === 0 && this.#failed.size === 0;
  }

  get state() {
    return {
      waiting: this.#waiting.length,
      running: [...this.#running],
      failed: [...this.#failed],
      done: this.#done,
      total: this.#total,
    };
  }

  #pump() {
    while (this.#running.size < AT_ONCE && this.#waiting.length > 0) {
      const item = /** @type {Transfer} */ (this.#waiting.shift());
      this.#running.add(item);
      void this.#upload(item).finally(() => {
        this.#running.delete(item);
        this.#pump();
      });
    }
    this.#changed();
  }

  /** @param {Transfer} item */
  async #upload(item) {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#attempt(item);
        this.#done += 1;
        return;
      } catch (error) {
        if (error instanceof Refused || attempt === ATTEMPTS) {
          item.error = error.message;
          this.#failed.add(item);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * attempt));
      }
    }
  }

  /** @param {Transfer} item */
  async #attempt(item) {
    const { file, path, userId } = item;
    const answer = await ask("/api/uploads", { method: "POST", body: { userId, fileName: path } });
    const { url } = /** @type {import("../../server/wire").UploadTarget} */ (answer);
    await put(url, file, (share) => {
      item.share = share;
      this.#changed();
    });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * XMLHttpRequest, because fetch does not tell how much is sent.
 * @param {string} url
 * @param {File} file
 * @param {(share: number) => void} onShare
 * @returns {Promise<void>}
 */
function put(url, file, onShare) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded, total }) => onShare(total ? loaded / total : 1));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else if (request.status >= 500) reject(new Error(`S3 answered ${request.status}`));
      else reject(new Refused(`S3 answered ${request.status}`));
    });
    request.addEventListener("error", () => reject(new Error("S3 cannot be reached")));
    request.send(file);
  });
}
