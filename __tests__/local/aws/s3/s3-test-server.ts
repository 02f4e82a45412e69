import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { type S3ServerOptions, startS3Server } from "../../../../local/aws/s3/s3-server";

export const REGION = "us-east-1";
export const ACCESS_KEY_ID = "local";
export const SECRET_ACCESS_KEY = "local-secret";

/** A client that speaks to a local endpoint and never retries, so that tests see each answer. */
export const connect = (endpoint: string, config: S3ClientConfig = {}) =>
  new S3Client({
    endpoint,
    region: REGION,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY },
    ...config,
  });

/** A server on a free port over a temporary directory; `remove` ends both. */
export async function startTestServer(options: Partial<S3ServerOptions> = {}) {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "s3-server-")));
  const server = await startS3Server({
    directory,
    port: 0,
    region: REGION,
    credentials: { [ACCESS_KEY_ID]: SECRET_ACCESS_KEY },
    buckets: [{ name: "photos" }],
    ...options,
  });
  const client = connect(server.endpoint);
  const stop = async () => {
    client.destroy();
    await server.close();
  };
  const remove = async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  };
  const port = Number(new URL(server.endpoint).port);
  return { ...server, port, directory, client, stop, remove };
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;
