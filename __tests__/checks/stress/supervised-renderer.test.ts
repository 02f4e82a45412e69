import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SupervisedRenderer } from "../../../checks/stress/supervised-renderer";
import { temporaryDirectory } from "../../support/temporary-directory";

const workerFile = join(temporaryDirectory(), "worker.js");

/** What each "image" makes the worker do. */
const WORKER = `
process.on("disconnect", () => process.exit());
process.on("message", ({ bytes }) => {
  const command = Buffer.from(bytes).toString();
  if (command === "crash") return process.kill(process.pid, "SIGSEGV");
  if (command === "exit") process.exit(87);
  if (command === "hang") for (;;);
  process.send({ outcome: "completed", message: String(process.pid), milliseconds: 1, peakResidentBytes: 2 });
});
`;

const renderer = new SupervisedRenderer(workerFile, { timeLimitMs: 1000, maxResidentBytes: 1 });
const render = (command: string) => renderer.render(Buffer.from(command));

beforeAll(() => writeFileSync(workerFile, WORKER));
afterAll(() => renderer.stop());

describe("SupervisedRenderer", () => {
  test("renders one image after the other in one process", async () => {
    const first = await render("draw");
    expect(first).toMatchObject({ outcome: "completed", peakResidentBytes: 2 });
    expect(await render("draw")).toEqual(first);
  });

  test.each([
    ["crash", "crash", "the worker ended with SIGSEGV"],
    ["exit", "crash", "the worker ended with exit code 87"],
    ["hang", "hang", "the worker ended with SIGKILL"],
  ])("tells that an image made the worker %s, and goes on with another", async (command, outcome, message) => {
    const before = await render("draw");
    expect(await render(command)).toMatchObject({ outcome, message });
    const after = await render("draw");
    expect(after.outcome).toBe("completed");
    expect(after.message).not.toBe(before.message);
  });
});
