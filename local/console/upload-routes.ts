import { PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ConsoleTarget } from "./console-target";
import { type Route, readObject, sendJson } from "./exchange";
import { uploadKey } from "./upload-request";

const UPLOAD_URL_LIFETIME_SECONDS = 300;

export const uploadRoutes = ({ s3, sourceBucket }: ConsoleTarget): readonly Route[] => [
  {
    // A URL to which the browser may PUT the file itself.
    method: "POST",
    path: /^\/api\/uploads$/,
    answer: async ({ request, response }) => {
      const key = uploadKey(await readObject(request, "a JSON object with userId and fileName"));
      const command = new PutObjectCommand({ Bucket: sourceBucket, Key: key });
      const url = await getSignedUrl(s3, command, { expiresIn: UPLOAD_URL_LIFETIME_SECONDS });
      sendJson(response, 201, { url, key });
    },
  },
];
