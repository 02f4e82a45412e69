import type { Readable } from "node:stream";
import { ServiceError } from "../http/aws-request";
import type { ObjectMetadata } from "./object-file";
import { metadataOfUpload } from "./object-headers";
import type { ObjectStore } from "./object-store";
import { writeCondition } from "./preconditions";
import { receiveUpload } from "./receive-upload";
import type { S3Request } from "./s3-request";

import { parseUploadDeclaration } from "./upload-declaration";

const MAX_KEY_BYTES = 1024;

/**
 * Receives and stores the body of a PutObject.
 * @param payloadHash as the signature declares it.
 * @returns what has been stored, on disk by then.
 */
export async function putObject(
  request: S3Request,
  body: Readable,
  payloadHash: string,
  store: ObjectStore,
): Promise<ObjectMetadata> {
  const { key, effectiveHeaders } = request;
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > MAX_KEY_BYTES) {
    throw new ServiceError(400, "KeyTooLongError", "Your key is too long", {
      Size: String(sizeBytes),
      MaxSizeAllowed: String(MAX_KEY_BYTES),
    });
  }
  const declaration = parseUploadDeclaration(effectiveHeaders, payloadHash);
  const asked = metadataOfUpload(effectiveHeaders);
  const admit = writeCondition(key, effectiveHeaders);
  return store.put(
    key,
    async (file) => ({
      key,
      ...(await receiveUpload(body, declaration, file)),
      lastModifiedMs: Date.now(),
      ...asked,
    }),
    admit,
  );
}
