/** One upload, as S3 tells Lambda. */
export const uploadEvent = (sizeBytes: number): object => ({
  Records: [
    {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      eventTime: "2026-01-01T00:00:00.000Z",
      s3: {
        bucket: { name: "source" },
        object: { key: "uploads/user/photo.jpg", size: sizeBytes, eTag: "bench", sequencer: "00" },
      },
    },
  ],
});

/** The environment of both handlers: the function's own, with the endpoints of the simulated services. */
export const handlerEnvironment = (port: string): Readonly<Record<string, string>> => ({
  SOURCE_BUCKET: "source",
  PROCESSED_BUCKET: "processed",
  METADATA_TABLE: "table",
  AWS_REGION: "us-east-1",
  AWS_LAMBDA_FUNCTION_NAME: "bench",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  S3_FORCE_PATH_STYLE: "true",
});
