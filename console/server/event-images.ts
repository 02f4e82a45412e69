import { parseUploadEvent } from "../../lambda-src/records/upload-event";

/** The images that an event is about; none for anything that is no event. */
export function imagesOfEvent(
  event: unknown,
  sourceBucket: string,
): readonly { readonly imageId: string; readonly key: string }[] {
  return parseUploadEvent(event, sourceBucket).flatMap((record) =>
    record.kind === "upload" ? [{ imageId: record.upload.imageId, key: record.upload.key }] : [],
  );
}
