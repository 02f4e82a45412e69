import type { LocalSystem } from "./local-system";

/** What a developer reads when everything is ready. */
export function welcome(system: LocalSystem, consoleEndpoint: string, directory: string): string {
  const { accessKeyId, secretAccessKey } = system.credentials;
  return `
Console      ${consoleEndpoint}
S3           ${system.s3Endpoint}   (path-style addresses)
DynamoDB     ${system.dynamodbEndpoint}
Lambda       ${system.lambdaEndpoint}
SQS          ${system.sqsEndpoint}
Uploads      s3://${system.sourceBucket}/uploads/{userId}/{file}
Previews     s3://${system.processedBucket}/previews/{imageId}/
Records      table ${system.metadataTable}
Dead letters ${system.environment.deadLetterQueueUrl}
Credentials  access key ${accessKeyId}, secret key ${secretAccessKey}, region ${system.region}
Data         ${directory} (kept across restarts)

Upload a photo from another terminal, in this directory:

  node -e '
    const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
    const s3 = new S3Client({ endpoint: "${system.s3Endpoint}", region: "${system.region}", forcePathStyle: true,
      credentials: { accessKeyId: "${accessKeyId}", secretAccessKey: "${secretAccessKey}" } });
    const Body = require("node:fs").readFileSync(process.argv[1]);
    s3.send(new PutObjectCommand({ Bucket: "${system.sourceBucket}", Key: "uploads/alice/photo.jpg", Body }))
      .then(() => console.log("uploaded"));
  ' photo.jpg

Ready. Ctrl-C stops everything; uploads still at work are processed at the next start.`;
}
