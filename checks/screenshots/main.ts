import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import sharp from "sharp";
import { landscape } from "./landscape";
import { CHROMIUM_FLAGS, CHROMIUM_PLACES, findChromium, RunningSystem } from "./running-system";

const PROGRAM = "dist/programs/local/start.js";
const IMAGES_DIRECTORY = "docs/images";
const TIME_SCALE = 0.05;
const PHOTOS = 34;
const USERS = ["alice", "bob", "carol"];
const NAMES = ["dawn", "ridge", "lake", "north", "harbour", "first snow", "evening", "valley", "pass", "coast"];
/** Pauses between uploads, so that the charts have a shape. */
const PAUSES_MS = [0, 0, 0, 400, 0, 900];

const USAGE = `npm run screenshots

Takes the pictures of the console in ${IMAGES_DIRECTORY} anew, from a local system with its own data. CHROMIUM is the browser's path
where it is none of the usual ones.`;

interface Picture {
  readonly name: string;
  readonly address: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return void process.stdout.write(`${USAGE}\n`);
  const executablePath = findChromium(process.env.CHROMIUM);
  if (!executablePath)
    throw new Error(`Chromium must be at one of ${CHROMIUM_PLACES.join(", ")}, or CHROMIUM must name it`);
  const directory = mkdtempSync(join(tmpdir(), "image-pipeline-screenshots-"));
  const system = await RunningSystem.start(PROGRAM, join(directory, "data"), TIME_SCALE);
  const browser = await chromium.launch({ executablePath, headless: true, args: CHROMIUM_FLAGS });
  try {
    await fill(system);
    for (const picture of await picturesOf(system)) await take(picture, system, browser);
  } finally {
    await browser.close();
    await system.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Photos of three users, of which some are struck by faults and some are none. */
async function fill(system: RunningSystem): Promise<void> {
  await system.arm("out_of_memory", 1, "every");
  for (let number = 0; number < PHOTOS; number += 1) {
    const name = `${NAMES[number % NAMES.length]} ${1 + Math.floor(number / NAMES.length)}`;
    const extension = number % 5 === 4 ? "png" : "jpg";
    if (number === 20) await system.arm("s3_unavailable", 2, "first");
    await system.upload(USERS[number % USERS.length] ?? "", `${name}.${extension}`, await landscape(number));
    await setTimeout(PAUSES_MS[number % PAUSES_MS.length]);
  }
  await system.upload("bob", "notes.jpg", Buffer.from("These are notes and no picture.\n"));
  await settled(system);
  // What is still under way in the pictures.
  await system.arm("time_limit", 2, "first");
  for (const number of [40, 41]) await system.upload("carol", `lookout ${number - 39}.jpg`, await landscape(number));
  await system.arm("s3_unavailable", 3, "first");
}

async function settled(system: RunningSystem): Promise<void> {
  const unfinished = async () => [...(await system.images("pending")), ...(await system.images("processing"))].length;
  while ((await system.images("failed")).length < 2 || (await unfinished()) > 0) await setTimeout(200);
}

async function picturesOf(system: RunningSystem): Promise<readonly Picture[]> {
  const [struck] = (await system.images("failed")).filter(({ originalKey }) => !originalKey.endsWith("notes.jpg"));
  const [completed] = (await system.images("completed")).filter(({ originalKey }) =>
    originalKey.endsWith("lake 2.jpg"),
  );
  const wide = { width: 1440, height: 900 };
  return [
    { name: "console", address: "#/", ...wide, colorScheme: "light" },
    { name: "console-dark", address: "#/", ...wide, colorScheme: "dark" },
    {
      name: "console-image",
      address: `#/image/${completed?.imageId}`,
      width: 1440,
      height: 1240,
      colorScheme: "light",
    },
    { name: "console-attempts", address: `#/image/${struck?.imageId}`, width: 1440, height: 1240, colorScheme: "dark" },
    { name: "console-faults", address: "#/faults", width: 1440, height: 780, colorScheme: "light" },
    { name: "console-metrics", address: "#/metrics", width: 1440, height: 1000, colorScheme: "dark" },
    { name: "console-phone", address: "#/", width: 390, height: 844, colorScheme: "light" },
  ];
}

async function take(picture: Picture, system: RunningSystem, browser: Browser): Promise<void> {
  const { name, address, width, height, colorScheme } = picture;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
  await page.goto(`${system.endpoint}/${address}`);
  await page.getByText("live", { exact: true }).waitFor();
  await page.waitForLoadState("networkidle").catch(() => {});
  await page.waitForFunction("[...document.images].every((image) => image.complete)");
  const shot = await page.screenshot();
  await page.close();
  await sharp(shot)
    .png({ palette: true, quality: 90 })
    .toFile(join(IMAGES_DIRECTORY, `${name}.png`));
  console.log(join(IMAGES_DIRECTORY, `${name}.png`));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
