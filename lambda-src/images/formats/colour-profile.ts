import { type IccTag, iccTags } from "./icc-tags";

/** Printer profiles, the largest there are, have about 2 MB. */
export const MAX_PROFILE_BYTES = 4_194_304;

/**
 * Whether a colour profile may be evaluated. Profiles with multi-process elements are small programs that run for every colour,
 * their steps may point at the same bytes thousands of times, and no camera writes them: 5 KB took minutes and gigabytes.
 * @see https://www.color.org/specification/ICC.1-2022-05.pdf 10.14
 */
export function isAffordableProfile(profile: Buffer): boolean {
  if (profile.length > MAX_PROFILE_BYTES) return false;
  const tags = iccTags(profile);
  return tags !== undefined && !tags.some(isProgram);
}

const isProgram = ({ name, type }: IccTag): boolean => /^(D2B|B2D)/.test(name) || type === "mpet";
