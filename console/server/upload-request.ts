import * as v from "valibot";
import { UPLOAD_PREFIX } from "../../contract/names";
import { describeIssue } from "../../contract/processing-settings";
import { BadRequest } from "./bad-request";

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
export function uploadKey(request: Readonly<Record<string, unknown>>): string {
  const parsed = v.safeParse(uploadRequest, request);
  if (parsed.success) return `${UPLOAD_PREFIX}${parsed.output.userId}/${parsed.output.fileName}`;
  throw new BadRequest(parsed.issues.map((issue) => describeIssue(issue, request)).join("; "));
}
