import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import type { ImageClass } from "./image-classes";
import { photograph } from "./photograph";

/** Changes whenever the pictures do. */
const EDITION = "1";
const SEED = 12_345;

/** Where the file of each class lies; those that are missing are made first, which takes about a minute. */
export async function storedImages(
  classes: readonly ImageClass[],
  tell: (progress: string) => void,
): Promise<ReadonlyMap<string, string>> {
  // The encoders' versions are part of what is measured.
  const directory = join("dist/bench-images", `${EDITION}-sharp-${sharp.versions.sharp}`);
  mkdirSync(directory, { recursive: true });
  const files = new Map(classes.map(({ name }) => [name, join(directory, name)]));
  const missing = classes.filter(({ name }) => !existsSync(join(directory, name)));
  if (missing.length === 0) return files;

  tell("making the photograph");
  const picture = await photograph(6000, 4000, SEED);
  for (const { name, encode } of missing) {
    tell(`making ${name}`);
    const file = join(directory, name);
    writeFileSync(`${file}.draft`, await encode(picture));
    renameSync(`${file}.draft`, file);
  }
  return files;
}
