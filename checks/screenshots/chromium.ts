import { accessSync, constants } from "node:fs";

export const CHROMIUM_PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** For pages of this machine: the browser speaks to nobody else, and draws without a graphics card. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A Chromium: the one that is named, or else the first in the usual places; undefined when there is none. */
export const findChromium = (named: string | undefined): string | undefined =>
  [named ?? "", ...CHROMIUM_PLACES].find(isExecutable);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== "";
  } catch {
    return false;
  }
}
