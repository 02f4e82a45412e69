import type { ImageRecord } from "../../../lambda-src/records/image-record";
import { ImageCatalogue, type ImageFilter } from "../../image-catalogue";
import type { CommandContext, CommonOptions } from "../command-context";
import { EXIT, type ExitCode } from "../exit-code";
import { showBytes, showMinute } from "../render/quantities";
import { type Column, renderTable } from "../render/table";

export interface ListOptions extends CommonOptions {
  readonly status?: ImageFilter["status"];
  readonly user?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
}

const COLUMNS: readonly Column<ImageRecord>[] = [
  { heading: "IMAGE", value: ({ imageId }) => imageId },
  { heading: "STATE", value: ({ processingStatus }) => processingStatus },
  { heading: "REASON", value: ({ errorCode = "" }) => errorCode },
  { heading: "UPLOADED", value: ({ timestamp }) => showMinute(timestamp) },
  { heading: "SIZE", value: ({ originalSize }) => showBytes(originalSize) },
  { heading: "KEY", value: ({ originalKey }) => originalKey, flexible: true },
];

export async function list(options: ListOptions, { pipeline, terminal, signal }: CommandContext): Promise<ExitCode> {
  const { status, user: userId, since, until, limit, json } = options;
  const page = await new ImageCatalogue(pipeline).list({ status, userId, since, until }, { limit, signal });
  if (json) terminal.out(JSON.stringify({ images: page.records, more: page.cursor !== undefined }));
  else if (page.records.length === 0) terminal.note("No image matches.");
  else {
    terminal.out(renderTable(page.records, COLUMNS, terminal.columns));
    if (page.cursor) terminal.note("There are more: raise --limit or narrow the times.");
  }
  return EXIT.done;
}
