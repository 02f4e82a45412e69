import { join } from "node:path";
import { plain } from "../../checks/images/pictures";
import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { LocalSystem } from "../../local/local-system";
import { seriousFaults } from "../support/accessibility";
import { Chromium, describeInChromium, layoutShiftOf, scrollPage } from "../support/chromium";
import { writeRecords } from "../support/many-records";
import { type RunningConsole, runConsole } from "../support/running-console";
import { temporaryDirectory } from "../support/temporary-directory";
import { waitUntil } from "../support/wait-until";

jest.setTimeout(180_000);

const RECORDS = 10_000;
/** Other suites share the cores: the quickest of these is the nearest to the page's own time. */
const OPENINGS = 3;
const HOSTILE_NAME = `"><img src=x onerror="globalThis.struck=true"><b>bold.jpg`;
const SCROLLS = 60;
const SCROLL_PX = 700;

const directory = temporaryDirectory();

describeInChromium("the console's views in a browser", () => {
  let running: RunningConsole;
  let browser: Chromium;
  let sample: ImageRecord;

  beforeAll(async () => {
    [running, browser] = await Promise.all([runConsole({ directory: join(directory, "small") }), Chromium.launch()]);
    await upload(HOSTILE_NAME, await plain(640, 480).jpeg().toBuffer());
    await upload("broken.jpg", Buffer.from("no image"));
    const { endpoint } = running.server;
    const images = async (): Promise<readonly ImageRecord[]> =>
      ((await (await fetch(`${endpoint}/api/images`)).json()) as { images: ImageRecord[] }).images;
    await waitUntil(async () => (await images()).filter((image) => image.processedAt).length === 2);
    const completed = (await images()).find(({ processingStatus }) => processingStatus === "completed");
    if (!completed) throw new Error("the sample must be completed");
    sample = completed;
  });
  afterAll(async () => {
    await browser.close();
    await running.close();
  });

  async function upload(fileName: string, bytes: Buffer): Promise<void> {
    const { endpoint } = running.server;
    const body = JSON.stringify({ userId: "alice", fileName });
    const { url } = (await (await fetch(`${endpoint}/api/uploads`, { method: "POST", body })).json()) as {
      url: string;
    };
    await fetch(url, { method: "PUT", body: new Uint8Array(bytes) });
  }

  /** Of a page that has shown its first picture. */
  async function firstPaintMs(address: string): Promise<number> {
    const page = await browser.open(address);
    await page.locator(".tile img.loaded").first().waitFor();
    const paintMs = await page.evaluate(() => {
      const [paint] = performance.getEntriesByName("first-contentful-paint");
      return paint?.startTime ?? Number.POSITIVE_INFINITY;
    });
    await page.close();
    return paintMs;
  }

  const addresses = () => ["", "#/faults", "#/queue", "#/metrics", `#/image/${sample.imageId}`];

  test.each(["light", "dark"] as const)(
    "have no serious fault for assistive technology, in %s colours",
    async (colorScheme) => {
      for (const address of addresses()) {
        const page = await browser.open(`${running.server.endpoint}/${address}`, { colorScheme });
        await page.locator("h1:visible, .gallery h1").first().waitFor({ state: "attached" });
        if (address === "") await page.locator(".tile").first().waitFor();
        expect([address, await seriousFaults(page)]).toEqual([address, []]);
        await page.close();
      }
    },
  );

  test.each([320, 1440])("fit into a window %i px wide", async (width) => {
    for (const address of addresses()) {
      const page = await browser.open(`${running.server.endpoint}/${address}`, { width });
      const { scrollWidth } = await page.evaluate(() => {
        const { documentElement } = (
          globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }
        ).document;
        return { scrollWidth: documentElement.scrollWidth };
      });
      expect([address, scrollWidth]).toEqual([address, width]);
      await page.close();
    }
  });

  test("show the names of files as text, never as markup", async () => {
    const page = await browser.open(running.server.endpoint);
    await page.locator(".tile", { hasText: HOSTILE_NAME }).click();
    await page.getByRole("heading", { name: HOSTILE_NAME }).waitFor();
    expect(await page.evaluate(() => "struck" in globalThis)).toBe(false);
    expect(await page.locator("img[src=x]").count()).toBe(0);
  });

  test("can be used with the keyboard alone", async () => {
    const page = await browser.open(running.server.endpoint);
    await page.locator(".tile").first().waitFor();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Skip to content");
    const visited: string[] = [];
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press("Tab");
      const name = await page.locator(":focus").evaluate((node) => node.className);
      visited.push(name);
      if (name === "tile") break;
    }
    expect(visited.at(-1)).toBe("tile");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What happened" }).waitFor();
    expect(await page.locator(":focus").evaluate((node) => node.tagName)).toBe("H1");
  });

  test("paint at once and scroll smoothly over 10,000 images, with no more in the page than can be seen", async () => {
    const prepare = (system: LocalSystem) => writeRecords(system, RECORDS, sample);
    const filled = await runConsole({ directory: join(directory, "filled"), prepare });
    const paintsMs: number[] = [];
    while (paintsMs.length < OPENINGS) paintsMs.push(await firstPaintMs(filled.server.endpoint));
    const paintMs = Math.min(...paintsMs);
    const page = await browser.open(filled.server.endpoint);
    await page.locator(".tile img.loaded").first().waitFor();
    let frames = 0;
    let cells = 0;
    const longestTaskMs = await browser.longestTaskMs(page, async () => {
      for (let scroll = 1; scroll <= SCROLLS; scroll += 1) {
        frames = Math.max(frames, await scrollPage(page, scroll * SCROLL_PX));
        cells = Math.max(cells, await page.locator(".tile").count());
      }
    });
    await page.locator("label", { hasText: "all" }).getByText("10,000").waitFor({ timeout: 60_000 });
    const shown = await page
      .locator(".grid > li")
      .evaluateAll((items) => items.map((item) => Number(item.getAttribute("aria-posinset"))));
    process.stderr.write(
      `10,000 images: first paint ${Math.round(paintMs)} ms, longest task ${Math.round(longestTaskMs)} ms on the processor, ` +
        `slowest scroll ${Math.round(frames)} ms, at most ${cells} cells\n`,
    );
    expect(Math.max(...shown)).toBeGreaterThan(200);
    expect(cells).toBeLessThan(80);
    expect(await layoutShiftOf(page)).toBeLessThan(0.1);
    expect(browser.complaints).toEqual([]);
    expect([...running.troubles, ...filled.troubles]).toEqual([]);
    await filled.close();
  });
});
