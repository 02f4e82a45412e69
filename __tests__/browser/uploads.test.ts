import { Chromium, describeInChromium, dropFiles, layoutShiftOf, scrollPage } from "../support/chromium";
import { type RunningConsole, runConsole } from "../support/running-console";
import { smallPhotos } from "../support/small-photos";
import { temporaryDirectory } from "../support/temporary-directory";

jest.setTimeout(300_000);

const PHOTOS = 200;
/** Of a machine that runs other tests beside. */
const PATIENCE_MS = 200_000;
/** The bound that browsers call good. */
const LARGEST_LAYOUT_SHIFT = 0.1;

const directory = temporaryDirectory();

describeInChromium("uploads in a browser", () => {
  let running: RunningConsole;
  let browser: Chromium;

  beforeAll(async () => {
    [running, browser] = await Promise.all([
      runConsole({ directory, environment: { RESERVED_CONCURRENCY: "4" } }),
      Chromium.launch(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await running.close();
  });

  test("of 200 photos at once all complete, each shown once, on a page that never blocks", async () => {
    const page = await browser.open(running.server.endpoint);
    const photos = await smallPhotos(PHOTOS);
    const longestTaskMs = await browser.longestTaskMs(page, async () => {
      await dropFiles(page, photos);
      await page.locator("#main").getByText(`${PHOTOS} of ${PHOTOS} files uploaded`).waitFor({ timeout: PATIENCE_MS });
      const badge = page.locator("label", { hasText: "completed" }).locator(".badge");
      await badge.getByText(String(PHOTOS), { exact: true }).waitFor({ timeout: PATIENCE_MS });
    });

    const seen = new Map<string, string>();
    for (let top = 0; seen.size < PHOTOS && top < 20_000; top += 500) {
      await scrollPage(page, top);
      for (const [link, name] of await page
        .locator(".tile")
        .evaluateAll((tiles) =>
          tiles.map((tile) => [tile.getAttribute("href") ?? "", tile.querySelector(".name")?.textContent ?? ""]),
        ))
        seen.set(link ?? "", name ?? "");
    }
    expect(seen.size).toBe(PHOTOS);
    expect(new Set(seen.values()).size).toBe(PHOTOS);
    await expect(page.locator(".tile:not([data-state='completed'])").count()).resolves.toBe(0);

    expect(longestTaskMs).toBeGreaterThan(0);
    expect(await layoutShiftOf(page)).toBeLessThan(LARGEST_LAYOUT_SHIFT);
    expect(browser.complaints).toEqual([]);
    expect(running.troubles).toEqual([]);
  });

  test("of a file that S3 refuses say so, and can be tried again", async () => {
    const page = await browser.open(running.server.endpoint);
    await page.route(`${running.system.s3Endpoint}/**`, (route) => route.abort());
    await dropFiles(
      page,
      (await smallPhotos(1)).map((photo) => ({ ...photo, name: "again.jpg" })),
    );
    await page.getByText("S3 cannot be reached").waitFor({ timeout: PATIENCE_MS });
    await page.unroute(`${running.system.s3Endpoint}/**`);
    await page.getByRole("button", { name: "Retry again.jpg" }).click();
    await page.locator("#main").getByText("1 of 1 file uploaded").waitFor();
    await page.locator(".tile", { hasText: "again.jpg" }).and(page.locator("[data-state='completed']")).waitFor();
  });
});
