import { messageOf } from "../../contract/error-codes";
import { PREVIEW_PREFIX } from "../../contract/names";
import { RejectedImage } from "../images/formats/rejected-image";
import type { RenderedImage } from "../images/render-image";
import { LeaseHeld, LeaseLost, TransientFailure } from "./errors";
import { acquireLease, type LeaseDesk, writeAsHolder } from "./image-lease";
import type { RecordStatus } from "./image-record";
import type { Invocation, OriginalStore, PreviewStore } from "./ports";
import { type Claim, commit, postpone, type Result, reject } from "./record-updates";
import type { Upload } from "./upload-event";
import { shortened, UploadReport } from "./upload-report";
import { withinDeadline } from "./within-deadline";

export interface Processor extends LeaseDesk {
  readonly originals: OriginalStore;
  readonly previews: PreviewStore;
  /** @throws {RejectedImage} UNSUPPORTED_FORMAT, PIXEL_LIMIT, DECODE_ERROR */
  render(bytes: Buffer): Promise<RenderedImage>;
  readonly maxBytes: number;
}

/**
 * One upload: claim, GET, decode, previews, PUTs, commit. Returns when its record tells the final truth.
 * @throws whatever Lambda must retry: TransientFailure, LeaseHeld, LeaseLost, or an error nobody foresaw
 */
export async function processUpload(upload: Upload, invocation: Invocation, processor: Processor): Promise<void> {
  const report = new UploadReport(upload, invocation, processor);
  let held: Claim | undefined;
  try {
    held = await acquireLease(upload, invocation, processor);
    if (!held) return;
    const original = await readOriginal(upload, invocation, processor);
    const image = await renderImage(original, invocation, processor);
    const result = await storePreviews(upload, original, image, invocation, processor);
    const status = await writeAsHolder(held, commit(held, result), invocation.stop, processor);
    if (status === "completed") report.completed(held);
  } catch (error) {
    if (error instanceof LeaseHeld || error instanceof LeaseLost) throw error;
    if (held && error instanceof RejectedImage) return recordRejection(held, error, report, invocation, processor);
    await recordRetry(held, error, report, invocation, processor);
  }
}

async function readOriginal(upload: Upload, { stop }: Invocation, { originals, maxBytes }: Processor): Promise<Buffer> {
  if (upload.invalidKey) throw upload.invalidKey;
  const { key, versionId, eTag, sizeBytes } = upload;
  if (sizeBytes !== undefined) checkSize(sizeBytes, maxBytes);
  const bytes = await withinDeadline(stop, "reading the original", () =>
    originals.read({ key, versionId, eTag, maxBytes }, stop),
  );
  if (bytes.length <= maxBytes) checkLength(bytes.length, upload);
  checkSize(bytes.length, maxBytes);
  return bytes;
}

/** The same version or ETag is the same content: another length is a read that went wrong, and no fact about the upload. */
function checkLength(bytes: number, { versionId, eTag, sizeBytes = bytes }: Upload): void {
  if (bytes === sizeBytes || (versionId ?? eTag) === undefined) return;
  throw new TransientFailure("SHORT_READ", `the object must have the event's ${sizeBytes} bytes, got ${bytes}`);
}

function checkSize(bytes: number, maxBytes: number): void {
  if (bytes === 0) throw new RejectedImage("EMPTY", "the object must not be empty, got 0 bytes");
  if (bytes > maxBytes)
    throw new RejectedImage("TOO_LARGE", `the object must have at most ${maxBytes} bytes, got ${bytes}`);
}

async function renderImage(bytes: Buffer, { stop }: Invocation, processor: Processor): Promise<RenderedImage> {
  const startedMs = processor.clock.now();
  const image = await withinDeadline(stop, "decoding the original", () => processor.render(bytes));
  processor.telemetry.measured({ DecodeTime: processor.clock.now() - startedMs, BytesIn: bytes.length });
  return image;
}

async function storePreviews(
  upload: Upload,
  original: Buffer,
  image: RenderedImage,
  { stop }: Invocation,
  processor: Processor,
): Promise<Result> {
  const beingStored = new Set<string>();
  const writes = image.previews.map(async (rendering) => {
    const preview = await rendering;
    const file = `${preview.name}.${preview.extension}`;
    const key = `${PREVIEW_PREFIX}${upload.imageId}/${file}`;
    beingStored.add(file);
    await processor.previews.write(key, preview, upload, stop);
    beingStored.delete(file);
    return { name: preview.name, key, details: preview.details };
  });
  const phase = () => (beingStored.size > 0 ? `storing ${[...beingStored].join(", ")}` : "encoding the previews");
  const [placeholder, ...written] = await withinDeadline(stop, phase, () =>
    allOrFirstError([image.placeholder, ...writes]),
  );
  processor.telemetry.measured({ BytesOut: written.reduce((sum, { details }) => sum + details.bytes, 0) });
  return {
    ...image.facts,
    placeholder,
    originalSize: original.length,
    previews: Object.fromEntries(written.map(({ name, key }) => [name, key])),
    previewDetails: Object.fromEntries(written.map(({ name, details }) => [name, details])),
    processedAt: Math.floor(processor.clock.now() / 1000),
  };
}

/** Unlike `Promise.all`, settles only after everything did: no PUT is under way when the failure is recorded. */
async function allOrFirstError<T extends readonly unknown[]>(
  work: {
    readonly [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T;
}

async function recordRejection(
  held: Claim,
  error: RejectedImage,
  report: UploadReport,
  { end }: Invocation,
  processor: Processor,
): Promise<void> {
  const update = reject(held, error.code, shortened(error.message), Math.floor(processor.clock.now() / 1000));
  try {
    if (await writeAsHolder(held, update, end, processor)) report.rejected(held, error);
  } catch (writeError) {
    report.retried(held, writeError);
    throw writeError;
  }
}

/** @throws the error, unless the image turns out to be done with */
async function recordRetry(
  held: Claim | undefined,
  error: unknown,
  report: UploadReport,
  { end }: Invocation,
  processor: Processor,
): Promise<void> {
  report.retried(held, error);
  if (!held) throw error;
  const code = error instanceof TransientFailure ? error.code : undefined;
  let status: RecordStatus | undefined;
  try {
    status = await writeAsHolder(held, postpone(held, code, shortened(messageOf(error))), end, processor);
  } catch (writeError) {
    throw new AggregateError([error, writeError], messageOf(error));
  }
  if (status === "completed") report.completed(held);
  if (status === "pending") throw error;
}
