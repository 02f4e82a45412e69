import { HOSTILE_AVIFS } from "./avif";
import { HOSTILE_GIFS } from "./gif";
import type { HostileClass } from "./hostile-class";
import { HOSTILE_JPEGS } from "./jpeg";
import { HOSTILE_PNGS } from "./png";
import { HOSTILE_TIFFS } from "./tiff";
import { HOSTILE_WEBPS } from "./webp";

/** Whatever a decoder inflates, copies or allocates by count, format by format. */
export const HOSTILE_CLASSES: readonly HostileClass[] = [
  ...HOSTILE_JPEGS,
  ...HOSTILE_PNGS,
  ...HOSTILE_WEBPS,
  ...HOSTILE_GIFS,
  ...HOSTILE_TIFFS,
  ...HOSTILE_AVIFS,
];
