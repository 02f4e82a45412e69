import type { Page } from "playwright-core";
import { Chromium, describeInChromium, dropFiles } from "../support/chromium";
import { type RunningConsole, runConsole } from "../support/running-console";
import { smallPhotos } from "../support/small-photos";
import { temporaryDirectory } from "../support/temporary-directory";

jest.setTimeout(180_000);

const directory = temporaryDirectory();
const PATIENCE = { timeout: 90_000 };

/** What the gallery says of an upload that was struck, from first to last. */
const SWITCHES = [
  { title: "S3 answers 503", attempts: "first", states: ["pending for attempt 2", "completed"] },
  { title: "DynamoDB throttles", attempts: "every", states: ["failed"], code: "RETRIES_EXHAUSTED" },
  { title: "Out of memory", attempts: "every", states: ["processing", "failed"], code: "RUNTIME_CRASH" },
  { title: "Time limit", attempts: "first", states: ["processing", "completed"] },
  { title: "Delivered twice", attempts: undefined, states: ["completed"] },
] as const;
const LETTERS = 2;

describeInChromium("faults in a browser", () => {
  let running: RunningConsole;
  let browser: Chromium;
  let page: Page;
  let photo = "";

  beforeAll(async () => {
    const environment = { LAMBDA_TIMEOUT_S: "120" };
    [running, browser] = await Promise.all([
      runConsole({ directory, timeScale: 0.05, environment }),
      Chromium.launch(),
    ]);
    page = await browser.open(running.server.endpoint);
    photo = (await smallPhotos(1))[0]?.base64 ?? "";
  });
  afterAll(async () => {
    await browser.close();
    await running.close();
  });

  async function switchOn(title: string, attempts: string | undefined): Promise<void> {
    const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: title }) });
    if (attempts) await card.getByLabel("Strikes").selectOption(attempts);
    await card.getByRole("button", { name: "Switch on" }).click();
    await card.getByText("waits for 1 upload").waitFor();
  }

  const view = (name: string) =>
    page
      .getByRole("navigation")
      .getByRole("link", { name: new RegExp(`^${name}`) })
      .click();
  const tile = (name: string) => page.locator(".tile", { hasText: name });

  test("lead to the states that they should, without reloading the page", async () => {
    for (const { title, attempts, states } of SWITCHES) {
      await view("Faults");
      await switchOn(title, attempts);
      await view("Images");
      await dropFiles(page, [{ name: `${title}.jpg`, base64: photo }]);
      await tile(title).getByText(states[0], { exact: true }).waitFor(PATIENCE);
    }
    for (const { title, states } of SWITCHES)
      await tile(title)
        .getByText(states.at(-1) ?? "", { exact: true })
        .waitFor(PATIENCE);
    for (const { title, ...outcome } of SWITCHES)
      if ("code" in outcome) await tile(title).getByText(outcome.code).waitFor();
    await page.locator("label", { hasText: "failed" }).locator(".badge").getByText("2", { exact: true }).waitFor();
  });

  test("show what happened to an image that was killed three times", async () => {
    await tile("Out of memory").click();
    const timeline = page.getByRole("region", { name: "What happened" });
    for (const step of ["Attempt 1 claimed", "Attempt 2 claimed", "Attempt 3 claimed", "Failed"])
      await timeline.getByText(step, { exact: false }).first().waitFor();
    expect(await timeline.getByText("Runtime.ExitError").count()).toBe(3);
    await page.getByText(/^recorded_failed/).waitFor();
  });

  test("leave dead letters and alarms, until they are replayed", async () => {
    await view("Metrics");
    await page.locator("[data-alarm='dead-letters'][data-on='yes']").waitFor(PATIENCE);
    await view("Dead letters");
    await page.getByRole("button", { name: "Replay Out of memory.jpg" }).waitFor();
    expect(await page.getByRole("button", { name: /^Replay .*jpg$/ }).count()).toBe(LETTERS);
    await page.getByRole("button", { name: /^Replay all/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Replay all" }).click();
    await page.getByText("Nothing was given up.").waitFor(PATIENCE);
    await view("Images");
    for (const { title } of SWITCHES) await tile(title).getByText("completed", { exact: true }).waitFor(PATIENCE);
  });

  test("process again and delete with the buttons of an image", async () => {
    await tile("Delivered twice").click();
    await page.getByRole("button", { name: "Process again" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Process again" }).click();
    const timeline = page.getByRole("region", { name: "What happened" });
    await timeline.getByText("Opened again").waitFor(PATIENCE);
    await page.locator("article .state").getByText("completed", { exact: true }).waitFor(PATIENCE);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "No such image" }).waitFor(PATIENCE);
    await view("Images");
    await tile("Delivered twice").waitFor({ state: "detached" });
    expect(running.troubles).toEqual([]);
    // The browser itself notes the request for the image that is gone.
    expect(browser.complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
  });
});
