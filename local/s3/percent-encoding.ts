const hexOf = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** Percent-encodes UTF-8 as RFC 3986 does: only letters, digits and `- . _ ~` stay. Signatures are made over this form. */
export const encodeRfc3986 = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, hexOf);

/**
 * Encodes a key as S3 does in events and in listings with `encoding-type=url`: like an HTML form (space becomes `+`; letters,
 * digits and `- . _ *` stay; the rest is percent-encoded UTF-8), but `/` stays too.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const encodeLikeForm = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, hexOf)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");
