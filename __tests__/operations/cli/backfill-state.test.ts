import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackfillStateFile, NO_COUNTS } from "../../../operations/cli/backfill-state";
import { WrongUsage } from "../../../operations/cli/exit-code";
import { temporaryDirectory } from "../../support/temporary-directory";

const root = temporaryDirectory();
const state = {
  sourceBucket: "photos",
  prefix: "uploads/",
  doneUpTo: "uploads/süß\n.jpg",
  counts: { ...NO_COUNTS, sent: 3 },
};

describe("BackfillStateFile", () => {
  test("gives back what was written, and leaves nothing beside it", () => {
    const file = new BackfillStateFile(join(root, "new", "state.json"));
    expect(file.read("photos", "uploads/")).toBeUndefined();
    file.write({ ...state, doneUpTo: "uploads/a" });
    file.write(state);
    expect(file.read("photos", "uploads/")).toEqual(state);
    expect(readdirSync(join(root, "new"))).toEqual(["state.json"]);
    file.remove();
    file.remove();
    expect(file.read("photos", "uploads/")).toBeUndefined();
  });

  test("refuses the state of another backfill, and what is none", () => {
    const path = join(root, "other.json");
    const file = new BackfillStateFile(path);
    file.write(state);
    expect(() => file.read("photos", "uploads/alice/")).toThrow(
      `${path} is of a backfill of s3://photos/uploads/: finish that one, or give --restart or another --state`,
    );
    for (const text of ["", "{}", "nonsense"]) {
      writeFileSync(path, text);
      expect(() => file.read("photos", "uploads/")).toThrow(WrongUsage);
    }
  });
});
