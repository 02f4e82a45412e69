import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import type { S3Event } from "aws-lambda";
import { listenOnLoopback, stopServer } from "../../../loopback/loopback-server";
import type { CorsRule } from "./cors";
import { ObjectStore } from "./object-store";
import { handleS3Request, type S3Service, type ServedBucket } from "./s3-request-handler";
import { Sequencer } from "./sequencer";

/** Everything that the server keeps on disk. */
interface S3Storage {
  readonly buckets: ReadonlyMap<string, ObjectStore>;
  readonly sequencer: Sequencer;
}

async function open(directory: string, bucketNames: readonly string[]): Promise<S3Storage> {
  const unfinished = join(directory, "unfinished");
  // What a killed server was still receiving was never acknowledged.
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const sequencer = new Sequencer(join(directory, "sequencer"), Date.now());
  const buckets = new Map<string, ObjectStore>();
  for (const name of bucketNames) {
    buckets.set(name, await ObjectStore.open(join(directory, "buckets", name), unfinished));
  }
  return { buckets, sequencer };
}

/**
 * Opens the storage under a directory, which is made if it is missing; objects that are there stay.
 * @throws {Error} one sentence when the directory cannot be used.
 */
export async function openS3Storage(directory: string, bucketNames: readonly string[]): Promise<S3Storage> {
  try {
    return await open(directory, bucketNames);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The directory of the S3 server must be one that it can read and write, got ${JSON.stringify(directory)}: ${reason}`,
      { cause: error },
    );
  }
}

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export interface S3BucketOptions {
  readonly name: string;
  readonly corsRules?: readonly CorsRule[];
  /** PUTs to keys that begin so call `onObjectCreated`. Without it the bucket announces nothing. */
  readonly eventPrefix?: string;
}

export interface S3ServerOptions {
  /** Where everything is kept; made if it is missing. One server at a time. */
  readonly directory: string;
  /** 0: any free port. */
  readonly port: number;
  readonly region: string;
  /** Secret access keys by access key id. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly buckets: readonly S3BucketOptions[];
  /**
   * Must have persisted the event when it resolves: only then is the PUT acknowledged. The object is on disk by then; a
   * rejection answers the PUT with status 500 and leaves the object, as S3 may.
   */
  readonly onObjectCreated?: (event: S3Event) => Promise<void>;
}

export interface S3Server {
  /** `http://127.0.0.1:PORT`; buckets are addressed in path style. */
  readonly endpoint: string;
  /** Ends every connection; resolves when no request is at work any more. */
  close(): Promise<void>;
}

async function openService(options: S3ServerOptions): Promise<S3Service> {
  const { directory, region, credentials, onObjectCreated } = options;
  const storage = await openS3Storage(
    directory,
    options.buckets.map(({ name }) => name),
  );
  const buckets = new Map<string, ServedBucket>();
  for (const { name, corsRules = [], eventPrefix } of options.buckets) {
    const store = storage.buckets.get(name);
    if (store) buckets.set(name, { store, corsRules, eventPrefix });
  }
  return { service: "s3", region, credentials, onObjectCreated, buckets, sequencer: storage.sequencer };
}

/**
 * Starts a server for a subset of S3 on 127.0.0.1: objects are PUT, read, listed and deleted as the current SDKs do it, with
 * signatures, checksums and conditions verified; everything else is answered with 501 NotImplemented.
 * @throws {Error} EADDRINUSE as Node words it when the port is taken; one sentence when the directory cannot be used.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  for (const { name } of options.buckets) {
    if (!BUCKET_NAME.test(name)) {
      throw new Error(`Bucket name must be 3 to 63 of a-z 0-9 . -, got ${JSON.stringify(name)}`);
    }
  }
  const server = createServer();
  // The port first: a second server on it must not touch the files of the first.
  const endpoint = await listenOnLoopback(server, options.port);
  const opening = openService(options);
  const atWork = new Set<Promise<void>>();
  server.on("request", (incoming, response) => {
    const work: Promise<void> = opening
      .then(
        (service) => handleS3Request(service, incoming, response),
        () => void response.destroy(),
      )
      .finally(() => atWork.delete(work));
    atWork.add(work);
  });
  let closing: Promise<unknown> | undefined;
  const close = async () => {
    closing ??= Promise.all([stopServer(server), ...atWork]);
    await closing;
  };
  try {
    await opening;
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint, close };
}
