const HEADER_BYTES = 128;
const TAG_BYTES = 12;
const MAX_TAGS = 200;

/** One entry of a colour profile's table. */
export interface IccTag {
  readonly name: string;
  readonly type: string;
  /** From its type on; shorter than announced, or empty, where the profile ends before it. */
  readonly content: Buffer;
}

/**
 * The tags of a colour profile, in order; undefined when the table does not lie within it or is longer than any.
 * @see https://www.color.org/specification/ICC.1-2022-05.pdf 7.3
 */
export function iccTags(profile: Buffer): readonly IccTag[] | undefined {
  if (profile.length < HEADER_BYTES + 4) return undefined;
  const count = profile.readUInt32BE(HEADER_BYTES);
  if (count > MAX_TAGS || HEADER_BYTES + 4 + count * TAG_BYTES > profile.length) return undefined;
  const text = (offset: number): string => profile.toString("latin1", offset, offset + 4);
  return Array.from({ length: count }, (_, index) => {
    const entry = HEADER_BYTES + 4 + index * TAG_BYTES;
    const offset = profile.readUInt32BE(entry + 4);
    const content = profile.subarray(offset, offset + profile.readUInt32BE(entry + 8));
    return { name: text(entry), type: text(offset), content };
  });
}
