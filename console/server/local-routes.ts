import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import * as v from "valibot";
import { UPLOAD_PREFIX } from "../../contract/names";
import { describeIssue } from "../../contract/processing-settings";
import { readDeadLetter } from "../../operations/dead-letter";
import { BadRequest, type Route, readObject, sendJson } from "./exchange";
import type { FaultSwitches, ObservedSystem, QueuedMessage, WatchedQueue } from "./observed-system";
import type { DeadLetter, LiveEvents, QueueContent, UploadTarget } from "./wire";

const MAX_UPLOADS = 1000;
const UPLOADS_EXPECTATION = `must be an integer from 0 to ${MAX_UPLOADS}`;
const ATTEMPTS_EXPECTATION = 'must be "first" or "every"';

const armRequest = v.object({
  uploads: v.pipe(
    v.number(UPLOADS_EXPECTATION),
    v.integer(UPLOADS_EXPECTATION),
    v.minValue(0, UPLOADS_EXPECTATION),
    v.maxValue(MAX_UPLOADS, UPLOADS_EXPECTATION),
  ),
  attempts: v.picklist(["first", "every"], ATTEMPTS_EXPECTATION),
});

/** Switches for the next uploads: `PUT /api/faults/{fault}` with `{"uploads": 3, "attempts": "first"}`. */
export const faultRoutes = (faults: FaultSwitches): readonly Route[] => [
  {
    method: "PUT",
    path: /^\/api\/faults\/([a-z0-9_]{1,32})$/,
    answer: async ({ request, response, parameters: [name] }) => {
      const fault = faults.known.find((known) => known === name);
      if (!fault) return sendJson(response, 404, { error: "no such fault" });
      const body = { uploads: null, attempts: null, ...(await readObject(request, "a JSON object with both fields")) };
      const parsed = v.safeParse(armRequest, body);
      if (!parsed.success) throw new BadRequest(parsed.issues.map((issue) => describeIssue(issue, body)).join("; "));
      faults.arm({ fault, ...parsed.output });
      sendJson<{ armed: LiveEvents["faults"] }>(response, 200, { armed: faults.armed });
    },
  },
];

const LETTERS_SHOWN = 200;

/** `GET /api/queue`: the dead letters, newest first. Looking at them does not hide them from receivers. */
export const queueRoute = (queue: WatchedQueue, sourceBucket: string): Route => ({
  method: "GET",
  path: /^\/api\/queue$/,
  answer: async ({ response }) => {
    const messages = await queue.list();
    const letters = messages.slice(-LETTERS_SHOWN).reverse();
    sendJson<QueueContent>(response, 200, {
      waiting: messages.length,
      letters: letters.map((message) => describeLetter(message, sourceBucket)),
    });
  },
});

function describeLetter(
  { messageId, sentAt, body, attributes, receiveCount }: QueuedMessage,
  sourceBucket: string,
): DeadLetter {
  return {
    messageId,
    sentAt,
    receiveCount,
    body,
    reason: attributes.ErrorMessage?.StringValue,
    requestId: attributes.RequestID?.StringValue,
    images: readDeadLetter(body, sourceBucket).uploads.map(({ imageId, key }) => ({ imageId, key })),
  };
}

const USER_ID_EXPECTATION = "must be 1 to 64 letters, digits, - and _";
const FILE_NAME_EXPECTATION =
  "must be a file name of 1 to 200 characters without control characters, with / only between folders";

const userId = v.pipe(v.string(USER_ID_EXPECTATION), v.regex(/^[\w-]{1,64}$/, USER_ID_EXPECTATION));
const fileName = v.pipe(
  v.string(FILE_NAME_EXPECTATION),
  v.regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, FILE_NAME_EXPECTATION),
  // Browsers would resolve dots within the address; an empty part at the end would make a folder marker.
  v.check((name) => name.split("/").every((part) => !["", ".", ".."].includes(part)), FILE_NAME_EXPECTATION),
);
// An absent field is an empty one: neither passes.
const uploadRequest = v.object({
  userId: v.optional(userId, ""),
  fileName: v.optional(fileName, ""),
});

/** The object key for an upload that is asked for as `{"userId": ..., "fileName": ...}`. @throws {BadRequest} */
function uploadKey(request: Readonly<Record<string, unknown>>): string {
  const parsed = v.safeParse(uploadRequest, request);
  if (parsed.success) return `${UPLOAD_PREFIX}${parsed.output.userId}/${parsed.output.fileName}`;
  throw new BadRequest(parsed.issues.map((issue) => describeIssue(issue, request)).join("; "));
}

const UPLOAD_URL_LIFETIME_SECONDS = 300;

type UploadDestination = Pick<ObservedSystem, "region" | "credentials" | "s3Endpoint" | "sourceBucket">;

/** `POST /api/uploads`: a URL to which the browser may PUT the file itself. */
export function uploadRoute({ region, credentials, s3Endpoint, sourceBucket }: UploadDestination): Route {
  const s3 = new S3Client({
    region,
    credentials,
    endpoint: s3Endpoint,
    forcePathStyle: true,
    // A signed URL is made before the body is known: it must not carry the checksum of an empty one.
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  return {
    method: "POST",
    path: /^\/api\/uploads$/,
    answer: async ({ request, response }) => {
      const key = uploadKey(await readObject(request, "a JSON object with userId and fileName"));
      const command = new PutObjectCommand({ Bucket: sourceBucket, Key: key });
      const url = await getSignedUrl(s3, command, { expiresIn: UPLOAD_URL_LIFETIME_SECONDS });
      sendJson<UploadTarget>(response, 201, { url, key });
    },
  };
}
