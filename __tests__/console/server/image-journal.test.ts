import { appendFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ImageJournal, type JournalLine } from "../../../console/server/image-journal";
import { JournalFile } from "../../../console/server/local-observation";
import type { ImageRecord } from "../../../lambda-src/records/image-record";
import type { FunctionLog } from "../../../local/aws/lambda/local-function";
import { temporaryDirectory } from "../../support/temporary-directory";

const root = temporaryDirectory();
const functionName = "image-processor-local";
const line = (requestId: string, text: string): FunctionLog => ({ kind: "line", functionName, requestId, text });
const killed = (requestId: string): FunctionLog => ({
  kind: "report",
  functionName,
  invocation: {
    requestId,
    durationMs: 12,
    maxMemoryUsedMb: 80,
    outcome: { kind: "error", error: { errorType: "Runtime.ExitError", errorMessage: "signal: killed" } },
  },
});
const record = (attempts: number, processingStatus: ImageRecord["processingStatus"]): ImageRecord => ({
  imageId: "one",
  timestamp: 1,
  userId: "alice",
  originalKey: "uploads/alice/a.jpg",
  processingStatus,
  attempts,
  ttl: 2,
  leaseOwner: "r1",
});

describe("ImageJournal", () => {
  test("joins what names no image to it by the request, also when that came before", () => {
    const journal = new ImageJournal();
    journal.logged(killed("r1"));
    expect(journal.entries("one")).toEqual([]);
    journal.changed(record(1, "processing"));
    journal.logged(line("r1", '{"level":"INFO","message":"said","imageId":"one"}'));
    journal.logged(line("r1", "no JSON"));
    journal.logged(line("other", "of another image"));
    expect(journal.entries("one").map(({ kind }) => kind)).toEqual(["invocation", "record", "log", "log"]);
  });

  test("notes each state of an attempt once, and leaves metrics out", () => {
    const journal = new ImageJournal();
    for (const status of ["processing", "processing", "completed"] as const) journal.changed(record(1, status));
    journal.logged(line("r1", '{"_aws":{},"ImagesCompleted":1}'));
    expect(journal.entries("one")).toMatchObject([{ status: "processing" }, { status: "completed" }]);
  });

  test("keeps a bounded number of entries for an image, and forgets the images that came first", () => {
    const journal = new ImageJournal();
    journal.changed(record(1, "processing"));
    for (let number = 0; number < 300; number += 1) journal.logged(line("r1", `line ${number}`));
    expect(journal.entries("one")).toHaveLength(200);
    for (let number = 0; number < 5000; number += 1)
      journal.logged(line(`r-${number}`, `{"imageId":"image-${number}"}`));
    expect(journal.entries("one")).toEqual([]);
    expect(journal.entries("image-4999")).toHaveLength(1);
  });
});

describe("JournalFile", () => {
  test("gives back after a restart what was written, even when a kill cut a line off", () => {
    const directory = join(root, "restart");
    const file = new JournalFile<JournalLine>(directory);
    const journal = new ImageJournal((entry) => file.append(entry));
    journal.changed(record(1, "processing"));
    journal.logged(killed("r1"));
    file.close();
    appendFileSync(join(directory, "journal.jsonl"), '{"imageId":"one","entr');

    const again = new JournalFile<JournalLine>(directory);
    const restored = new ImageJournal((entry) => again.append(entry), again.read());
    expect(restored.entries("one")).toEqual(journal.entries("one"));
    restored.changed(record(2, "completed"));
    expect(again.read()).toHaveLength(3);
    again.close();
  });

  test("takes no more room than two files", () => {
    const directory = join(root, "bounded");
    const file = new JournalFile<string>(directory, 1000);
    for (let number = 0; number < 500; number += 1) file.append(`entry ${number}`);
    const bytes = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
    expect(bytes).toHaveLength(2);
    expect(Math.max(...bytes)).toBeLessThan(1100);
    expect(file.read().at(-1)).toBe("entry 499");
    file.close();
  });
});
