const HEADER_BYTES = 128;
const TAG_BYTES = 12;
const MAX_TAGS = 200;
/** Printer profiles, the largest there are, have about 2 MB. */
const MAX_PROFILE_BYTES = 4_194_304;

/**
 * Whether a colour profile may be evaluated. Profiles with multi-process elements are small programs that run for every colour,
 * their steps may point at the same bytes thousands of times, and no camera writes them: 5 KB took minutes and gigabytes.
 * @see https://www.color.org/specification/ICC.1-2022-05.pdf 7.3, 10.14
 */
export function isAffordableProfile(profile: Buffer): boolean {
  if (profile.length > MAX_PROFILE_BYTES || profile.length < HEADER_BYTES + 4) return false;
  const tags = profile.readUInt32BE(HEADER_BYTES);
  if (tags > MAX_TAGS || HEADER_BYTES + 4 + tags * TAG_BYTES > profile.length) return false;
  for (let tag = 0; tag < tags; tag += 1) if (isProgram(profile, HEADER_BYTES + 4 + tag * TAG_BYTES)) return false;
  return true;
}

function isProgram(profile: Buffer, tag: number): boolean {
  const text = (offset: number): string => profile.toString("latin1", offset, offset + 4);
  return /^(D2B|B2D)/.test(text(tag)) || text(profile.readUInt32BE(tag + 4)) === "mpet";
}
