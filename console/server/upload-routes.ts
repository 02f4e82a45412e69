import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { LocalSystem } from "../../local/local-system";
import { type Route, readObject, sendJson } from "./exchange";
import { uploadKey } from "./upload-request";

const UPLOAD_URL_LIFETIME_SECONDS = 300;

export type UploadDestination = Pick<LocalSystem, "region" | "credentials" | "s3Endpoint" | "sourceBucket">;

/** `POST /api/uploads`: a URL to which the browser may PUT the file itself. */
export function uploadRoute({ region, credentials, s3Endpoint, sourceBucket }: UploadDestination): Route {
  const s3 = new S3Client({
    region,
    credentials,
    endpoint: s3Endpoint,
    forcePathStyle: true,
    // A signed URL is made before the body is known: it must not carry the checksum of an empty one.
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  return {
    method: "POST",
    path: /^\/api\/uploads$/,
    answer: async ({ request, response }) => {
      const key = uploadKey(await readObject(request, "a JSON object with userId and fileName"));
      const command = new PutObjectCommand({ Bucket: sourceBucket, Key: key });
      const url = await getSignedUrl(s3, command, { expiresIn: UPLOAD_URL_LIFETIME_SECONDS });
      sendJson(response, 201, { url, key });
    },
  };
}
