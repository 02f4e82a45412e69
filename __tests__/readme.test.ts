import { readFileSync } from "node:fs";
import { settingsTable } from "./support/settings-table";

const readme = readFileSync("README.md", "utf8");
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** Cells of the table rows below a heading, without backticks. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ""] = readme.split(`\n## ${heading}\n`);
  const [body = ""] = section.split("\n## ");
  const rows = body.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

describe("README", () => {
  test("has the table of settings that follows from contract/settings.ts: paste what is expected", () => {
    const [, section = ""] = readme.split("\n## Settings\n");
    const [body = ""] = section.split("\n## ");
    const table = body.split("\n").filter((line) => line.startsWith("|"));
    expect(table).toEqual(settingsTable());
  });

  test("names only commands that exist", () => {
    const named = [...readme.matchAll(/npm (?:run )?(?:-s )?([a-z-]+(?::[a-z]+)?)/g)].map(([, name = ""]) => name);
    const missing = named.filter((name) => !(name in scripts) && name !== "ci");
    expect(named).toContain("start");
    expect(missing).toEqual([]);
  });

  test("adds the costs up", () => {
    const rows = tableUnder("What it costs").map((cells) => cells.slice(-2).map(dollars));
    const [total = []] = rows.slice(-1);
    for (const column of [0, 1]) {
      const sum = rows.slice(0, -1).reduce((together, row) => together + (row[column] ?? Number.NaN), 0);
      expect(sum).toBeCloseTo(total[column] ?? Number.NaN, 2);
    }
  });
});

const dollars = (cell: string): number => Number(cell.replace(/[*$]/g, ""));
