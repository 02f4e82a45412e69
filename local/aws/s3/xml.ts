const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML that is ready to be written: nothing in it is escaped again. */
export class Xml {
  constructor(readonly text: string) {}
}

/**
 * Text as it may stand inside an element. Characters that XML 1.0 forbids become character references, as S3 writes them:
 * strict parsers refuse those, which is what `encoding-type=url` is for.
 */
export const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: object keys may hold control characters
  text.replace(/[&<>"'\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/g, (character) => {
    return ENTITIES[character] ?? `&#${character.charCodeAt(0)};`;
  });

/** An element around texts, which are escaped, and other elements, which are not. */
export const element = (name: string, ...content: readonly (string | Xml)[]): Xml =>
  new Xml(`<${name}>${content.map((part) => (part instanceof Xml ? part.text : escapeXml(part))).join("")}</${name}>`);

/** The root of an answer, in the namespace of S3; error documents have none. */
export function answerElement(name: string, ...content: readonly Xml[]): Xml {
  const parts = content.map(({ text }) => text).join("");
  return new Xml(`<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts}</${name}>`);
}

/** A whole document. */
export const xmlDocument = (root: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root.text}`;
