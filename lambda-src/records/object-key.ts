import { createHash } from "node:crypto";
import { UPLOAD_PREFIX } from "../../contract/names";
import { RejectedImage } from "../images/formats/rejected-image";

/**
 * Decodes an object key of an S3 event, which is encoded like a form: `+` is a space, the rest is percent-encoded UTF-8.
 * @throws {RejectedImage} INVALID_KEY when the text is not such an encoding
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function decodeObjectKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch (cause) {
    throw new RejectedImage("INVALID_KEY", "the object key must be percent-encoded UTF-8", { cause });
  }
}

/** The inverse: letters, digits and `- . _ * /` stay, a space becomes `+`, the rest is percent-encoded UTF-8. */
export const encodeObjectKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");

/**
 * The user of `uploads/{userId}/{file...}`, or `unknown` when the key has no such segment. A name for grouping, no proof of
 * who uploaded: that is enforced where uploads are authorized.
 */
export function userIdOf(key: string): string {
  const [, user, ...file] = key.split("/");
  return file.length > 0 && user ? user : "unknown";
}

/** The user metadata of a preview that says whose it is, when its record has expired. */
export const USER_METADATA = "user-id";
/** S3 takes 2 KB of user metadata for an object, and a key of 1,024 bytes may become three times as long. */
const MAX_USER_METADATA = 1_024;

/** A user as metadata of S3, which is ASCII: percent-encoded UTF-8, or where that is too long `sha256:` and the digest. */
export function userMetadata(userId: string): string {
  const encoded = encodeURIComponent(userId);
  if (encoded.length <= MAX_USER_METADATA) return encoded;
  return `sha256:${createHash("sha256").update(userId).digest("hex")}`;
}

/** Why an object is none of ours, or undefined when it is an upload. Takes encoded keys too: `/` is never encoded. */
export function reasonToIgnore(key: string): string | undefined {
  if (!key.startsWith(UPLOAD_PREFIX)) return `key outside ${UPLOAD_PREFIX}`;
  if (key.endsWith("/")) return "folder marker";
  return undefined;
}
