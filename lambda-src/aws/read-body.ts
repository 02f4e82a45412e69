import { Readable } from "node:stream";
import { RejectedImage } from "../images/formats/rejected-image";
import { TransientFailure } from "../records/errors";

/**
 * Reads a response body into one buffer of its announced length.
 * @throws {RejectedImage} TOO_LARGE as soon as more than `maxBytes` are announced or arrive
 * @throws {TransientFailure} SHORT_READ when the body ends early, breaks or fails its checksum
 */
export async function readBody(
  body: unknown,
  contentLength: number | undefined,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (!(body instanceof Readable)) throw new TransientFailure("SHORT_READ", "the object came without a body");
  const stopReading = (): void => void body.destroy(new Error("aborted"));
  signal.addEventListener("abort", stopReading, { once: true });
  try {
    if (contentLength !== undefined && contentLength > maxBytes) throw tooLarge(maxBytes, contentLength);
    return await collect(body, contentLength, maxBytes);
  } finally {
    signal.removeEventListener("abort", stopReading);
    body.destroy();
  }
}

async function collect(body: Readable, contentLength: number | undefined, maxBytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(contentLength ?? maxBytes);
  let length = 0;
  for await (const chunk of arriving(body)) {
    if (length + chunk.length > maxBytes) throw tooLarge(maxBytes, length + chunk.length);
    if (length + chunk.length > buffer.length) throw shortRead(buffer.length, length + chunk.length);
    chunk.copy(buffer, length);
    length += chunk.length;
  }
  if (contentLength !== undefined && length !== contentLength) throw shortRead(contentLength, length);
  return buffer.subarray(0, length);
}

async function* arriving(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (cause) {
    throw new TransientFailure("SHORT_READ", "the object's body broke off", { cause });
  }
}

const tooLarge = (maxBytes: number, got: number): RejectedImage =>
  new RejectedImage("TOO_LARGE", `the object must have at most ${maxBytes} bytes, got at least ${got}`);

const shortRead = (expected: number, got: number): TransientFailure =>
  new TransientFailure("SHORT_READ", `the object's body must have ${expected} bytes, got ${got}`);
