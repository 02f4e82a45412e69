import * as v from "valibot";
import { UPLOAD_PREFIX } from "../../lambda-src/contract";
import { describeIssue } from "../../lambda-src/processing-settings";

const USER_ID_EXPECTATION = "must be 1 to 64 letters, digits, - and _";
const FILE_NAME_EXPECTATION = "must be a file name of 1 to 200 characters without / and control characters";

const userId = v.pipe(v.string(USER_ID_EXPECTATION), v.regex(/^[\w-]{1,64}$/, USER_ID_EXPECTATION));
const fileName = v.pipe(
  v.string(FILE_NAME_EXPECTATION),
  v.regex(/^[^/\p{Cc}\p{Cs}]{1,200}$/u, FILE_NAME_EXPECTATION),
  // Browsers would resolve these two within the address.
  v.check((name) => name !== "." && name !== "..", FILE_NAME_EXPECTATION),
);
// An absent field is an empty one: neither passes.
const uploadRequest = v.object({
  userId: v.optional(userId, ""),
  fileName: v.optional(fileName, ""),
});

/** The request cannot be served as it is: its message is for the one who sent it. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}

/** The object key for an upload that is asked for as `{"userId": ..., "fileName": ...}`. @throws {BadRequest} */
export function uploadKey(body: string): string {
  const request = parseObject(body);
  const parsed = v.safeParse(uploadRequest, request);
  if (parsed.success) return `${UPLOAD_PREFIX}${parsed.output.userId}/${parsed.output.fileName}`;
  throw new BadRequest(parsed.issues.map((issue) => describeIssue(issue, request)).join("; "));
}

function parseObject(body: string): Readonly<Record<string, unknown>> {
  const value = parseJson(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new BadRequest(`the body must be a JSON object with userId and fileName, got ${JSON.stringify(value)}`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new BadRequest("the body must be JSON", { cause });
  }
}
