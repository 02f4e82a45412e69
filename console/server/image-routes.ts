import { NoSuchKey } from "@aws-sdk/client-s3";
import { PREVIEW_PREFIX } from "../../contract/names";
import type { RecordStatus } from "../../lambda-src/records/image-record";
import { BadCursor } from "../../operations/catalogue-cursor";
import { type ImageCatalogue, STATUSES } from "../../operations/image-catalogue";
import { BadRequest, type Exchange, type Route, sendJson } from "./exchange";
import { type Buckets, describeOriginal, sendOriginal, sendPreview } from "./stored-object";
import type { ImageDetails, ImagesPage, JournalEntry } from "./wire";

const DEFAULT_PAGE_SIZE = 60;
const MAX_PAGE_SIZE = 200;

/** `journal`: what is known of an image beyond its record, oldest first. */
export function imageRoutes(
  buckets: Buckets,
  catalogue: ImageCatalogue,
  journal: (imageId: string) => readonly JournalEntry[],
): readonly Route[] {
  return [
    {
      method: "GET",
      path: /^\/api\/images$/,
      answer: async ({ query, response }) => {
        const filter = { status: stateOf(query), userId: query.get("user") ?? undefined };
        const page = { limit: limitOf(query), cursor: query.get("cursor") ?? undefined };
        const { records, cursor } = await catalogue.list(filter, page).catch(refuseCursor);
        sendJson<ImagesPage>(response, 200, { images: records, cursor });
      },
    },
    {
      method: "GET",
      path: /^\/api\/images\/([0-9a-f-]{36})$/,
      answer: async ({ response, parameters: [imageId = ""] }) => {
        const record = await catalogue.find(imageId);
        if (!record) return sendJson(response, 404, { error: "no such image" });
        const original = await describeOriginal(buckets, record);
        sendJson<ImageDetails>(response, 200, { record, original, journal: journal(imageId) });
      },
    },
    {
      method: "GET",
      path: /^\/api\/images\/([0-9a-f-]{36})\/original$/,
      answer: async ({ response, parameters: [imageId = ""] }) => {
        const record = await catalogue.find(imageId);
        if (!record) return sendJson(response, 404, { error: "no such image" });
        await sendOriginal(buckets, record, response);
      },
    },
    {
      // Only what the image's own record names.
      method: "GET",
      path: /^\/api\/images\/([0-9a-f-]{36})\/previews\/([a-z0-9-]{1,32})$/,
      answer: async ({ response, parameters: [imageId = "", name = ""] }) => {
        const previews = (await catalogue.find(imageId))?.previews ?? {};
        const key = Object.hasOwn(previews, name) ? previews[name] : undefined;
        if (!key?.startsWith(PREVIEW_PREFIX)) return sendJson(response, 404, { error: "no such preview" });
        try {
          await sendPreview(buckets, key, response);
        } catch (error) {
          if (!(error instanceof NoSuchKey)) throw error;
          sendJson(response, 404, { error: "the preview has expired" });
        }
      },
    },
  ];
}

function refuseCursor(error: unknown): never {
  throw error instanceof BadCursor ? new BadRequest(error.message) : error;
}

function stateOf(query: Exchange["query"]): RecordStatus | undefined {
  const text = query.get("state");
  const state = STATUSES.find((known) => known === text);
  if (text !== null && !state)
    throw new BadRequest(`state must be one of ${STATUSES.join(", ")}, got ${JSON.stringify(text)}`);
  return state;
}

function limitOf(query: Exchange["query"]): number {
  const text = query.get("limit");
  const limit = text === null ? DEFAULT_PAGE_SIZE : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE)
    throw new BadRequest(`limit must be an integer from 1 to ${MAX_PAGE_SIZE}, got ${JSON.stringify(text)}`);
  return limit;
}
