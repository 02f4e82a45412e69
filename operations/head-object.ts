import {
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  NotFound,
} from "@aws-sdk/client-s3";
import type { Pipeline } from "./pipeline-clients";

/** What S3 says of an object; undefined when there is none. */
export async function headObject(
  object: HeadObjectCommandInput,
  { s3 }: Pick<Pipeline, "s3">,
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await s3.send(new HeadObjectCommand(object));
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
