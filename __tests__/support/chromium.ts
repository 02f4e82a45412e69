import type { Browser, Page } from "playwright-core";
import { CHROMIUM_FLAGS, CHROMIUM_PLACES, findChromium } from "../../checks/screenshots/running-system";
import { longestTaskIn } from "./browser-trace";
import { THOROUGH } from "./thorough";

const executable = findChromium(process.env.CHROMIUM);

/**
 * `describe` in thorough runs and wherever CHROMIUM is set; without a Chromium the tests are skipped aloud, or fail where
 * CHROMIUM_REQUIRED is set. A quick run leaves them out: a browser without a graphics card takes all cores for a minute.
 */
export function describeInChromium(name: string, body: () => void): void {
  const reason = whyNot();
  if (reason) process.stderr.write(`NOT RUN: ${name} (${reason})\n`);
  (reason ? describe.skip : describe)(name, body);
}

function whyNot(): string | undefined {
  const { CHROMIUM, CHROMIUM_REQUIRED } = process.env;
  if (CHROMIUM_REQUIRED) return undefined;
  if (!executable) return "no Chromium on this machine; set CHROMIUM to its path";
  return THOROUGH || CHROMIUM ? undefined : "npm run test:thorough does, or set CHROMIUM to the path of yours";
}

/** A browser with an empty profile for the tests of one file. */
export class Chromium {
  /** What any page complained of: console errors, exceptions, refused policies. */
  readonly complaints: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<Chromium> {
    if (!executable)
      throw new Error(`Chromium must be at one of ${CHROMIUM_PLACES.join(", ")}, or CHROMIUM must name it`);
    // Six megabytes of source, for nothing where the tests are skipped.
    const { chromium } = await import("playwright-core");
    return new Chromium(await chromium.launch({ executablePath: executable, headless: true, args: CHROMIUM_FLAGS }));
  }

  async open(
    address: string,
    options: { readonly colorScheme?: "light" | "dark"; readonly width?: number } = {},
  ): Promise<Page> {
    const { colorScheme = "light", width = 1280 } = options;
    const viewport = { width, height: 800 };
    const page = await this.browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.complaints.push(String(error.stack)));
    await page.addInitScript({ path: "__tests__/support/page-probe.js" });
    await page.goto(address);
    await page.getByText("live", { exact: true }).waitFor();
    return page;
  }

  /**
   * The longest time in ms that one task kept the processor on a page's main thread while `work` ran. Not the time until it
   * was done: other programs of a busy machine come in between.
   */
  async longestTaskMs(page: Page, work: () => Promise<void>): Promise<number> {
    await this.browser.startTracing(page, { categories: ["toplevel"] });
    await work();
    return longestTaskIn((await this.browser.stopTracing()).toString());
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** What `page-probe.js` offers in every page. */
export interface Probe {
  readonly layoutShift: number;
  dropFiles(files: readonly { readonly name: string; readonly base64: string }[]): void;
  scrollTo(top: number): Promise<number>;
}

interface ProbedWindow {
  readonly probe: Probe;
}

/** How far things moved by themselves so far; 1 is the whole window. */
export const layoutShiftOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as ProbedWindow).probe.layoutShift);

/** Drops files onto the page, as a person does from the desktop. */
export const dropFiles = (page: Page, files: Parameters<Probe["dropFiles"]>[0]): Promise<void> =>
  page.evaluate((dropped) => (globalThis as unknown as ProbedWindow).probe.dropFiles(dropped), files);

/** Scrolls the page to so many px from its top. @returns the time in ms until it had shown two frames */
export const scrollPage = (page: Page, top: number): Promise<number> =>
  page.evaluate((px) => (globalThis as unknown as ProbedWindow).probe.scrollTo(px), top);
