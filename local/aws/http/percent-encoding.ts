const hexOf = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** Percent-encodes UTF-8 as RFC 3986 does: only letters, digits and `- . _ ~` stay. Signatures are made over this form. */
export const encodeRfc3986 = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, hexOf);
