import { copyButton } from "../shell/copy-button.js";
import { element } from "../shell/element.js";

/** The same upload as an application does it: its server signs, its page PUTs. */
export function uploadSnippet(info) {
  const code = snippetFor(info);
  return element(
    "details",
    { className: "snippet" },
    element("summary", {}, "The same from your code"),
    element(
      "pre",
      { tabIndex: 0, role: "region", "aria-label": "Code that uploads a photo" },
      element("code", {}, code),
    ),
    copyButton(() => code),
  );
}

function snippetFor({ s3Endpoint, region, sourceBucket, credentials }) {
  const local = s3Endpoint
    ? `
  endpoint: "${s3Endpoint}",
  forcePathStyle: true,
  credentials: ${JSON.stringify(credentials, null, 2).replaceAll("\n", "\n  ")},
  // Signed before the body is known:`
    : "";
  return `// On your server: npm install @aws-sdk/client-s3 @aws-sdk/s3-request-presigner
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const s3 = new S3Client({
  region: "${region}",${local}
  requestChecksumCalculation: "WHEN_REQUIRED",
});
export const signUpload = (userId, fileName) =>
  getSignedUrl(
    s3,
    new PutObjectCommand({
      Bucket: "${sourceBucket}",
      Key: \`uploads/\${userId}/\${fileName}\`,
    }),
    { expiresIn: 300 },
  );

// In your page:
await fetch(url, {
  method: "PUT",
  body: file,
  headers: { "Content-Type": file.type },
});`;
}
