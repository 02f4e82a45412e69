import type { ImageRecord } from "../../../lambda-src/records/image-record";
import { ImageCatalogue } from "../../image-catalogue";
import type { CommandContext, CommonOptions } from "../command-context";
import { EXIT, type ExitCode } from "../exit-code";
import { showBytes, showTime } from "../render/quantities";
import { renderFields } from "../render/table";

export async function show(
  imageId: string,
  { json }: CommonOptions,
  { pipeline, terminal, signal }: CommandContext,
): Promise<ExitCode> {
  const record = await new ImageCatalogue(pipeline).find(imageId, signal);
  if (!record) {
    terminal.note(`No image has the id ${imageId} in ${pipeline.metadataTable}.`);
    return EXIT.notAll;
  }
  terminal.out(json ? JSON.stringify(record) : renderFields(fieldsOf(record, pipeline.sourceBucket), terminal.columns));
  return EXIT.done;
}

function fieldsOf(record: ImageRecord, sourceBucket: string): readonly (readonly [string, string])[] {
  const { processingStatus, errorCode, errorMessage, width, height, format } = record;
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["image", record.imageId],
    ["state", processingStatus],
    ["reason", errorCode && (errorMessage ? `${errorCode}: ${errorMessage}` : errorCode)],
    ["attempts", String(record.attempts)],
    ["user", record.userId],
    ["original", `s3://${sourceBucket}/${record.originalKey}`],
    ["size", showBytes(record.originalSize)],
    ["picture", width && height ? `${width} x ${height} ${format ?? ""}`.trim() : undefined],
    ["uploaded", showTime(record.timestamp)],
    ["finished", record.processedAt === undefined ? undefined : showTime(record.processedAt)],
    ["at work", atWork(record)],
    ["version", record.versionId],
    ["sequencer", record.sequencer],
    ["etag", record.eTag],
    ["expires", record.ttl === undefined ? undefined : showTime(record.ttl)],
    ...Object.entries(record.previews ?? {}).map(([name, key]) => [name, previewText(record, name, key)] as const),
  ];
  return fields.filter((field): field is readonly [string, string] => Boolean(field[1]));
}

function previewText({ previewDetails = {} }: ImageRecord, name: string, key: string): string {
  const details = previewDetails[name];
  if (!details) return key;
  const { width, height, bytes, contentType } = details;
  return `${width} x ${height}, ${showBytes(bytes)} ${contentType}, ${key}`;
}

function atWork({ processingStatus, leaseOwner, leaseExpiresAt }: ImageRecord): string | undefined {
  if (processingStatus !== "processing" || leaseExpiresAt === undefined) return undefined;
  return `request ${leaseOwner}, until ${showTime(Math.floor(leaseExpiresAt / 1000))}`;
}
