import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ALARMS, PIPELINE_UNHEALTHY } from "../contract/alarms";
import { SETTINGS } from "../contract/settings";

const runbook = readFileSync(join("docs", "runbook.md"), "utf8");
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** Heading to text, for the sections of one level. */
function sections(level: string): ReadonlyMap<string, string> {
  const [, ...parts] = `\n${runbook}`.split(new RegExp(`\\n${level} `));
  return new Map(parts.map((part) => [part.split("\n", 1)[0] ?? "", part.split(/\n#{2,3} /)[0] ?? ""]));
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .trim()
    .replaceAll(" ", "-");

describe("docs/runbook.md", () => {
  test("has a section for every alarm, in their order, and marks those that mean harm", () => {
    const [, alarms = ""] = runbook.split("\n## Alarms\n");
    const headings = [...(alarms.split("\n## ")[0] ?? "").matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(ALARMS.map(({ id, unhealthy }) => (unhealthy ? `${id} *` : id)));
    expect(alarms).toContain(`\`${PIPELINE_UNHEALTHY.id}\``);
  });

  test.each(ALARMS.map(({ id, unhealthy }) => (unhealthy ? `${id} *` : id)))("%s is told to its end", (heading) => {
    const text = sections("###").get(heading) ?? "";
    for (const part of ["Meaning", "Look at", "Repair", "Over when"]) expect(text).toContain(`- **${part}**: `);
  });

  test("names only commands and settings that exist", () => {
    const commands = [...runbook.matchAll(/npm run ([a-z-:]+)/g)].map(([, name = ""]) => name);
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    const operations = [...runbook.matchAll(/npm run images --\s+([a-z]+)/g)].map(([, name = ""]) => name);
    expect(operations.length).toBeGreaterThan(20);
    expect(operations.filter((name) => !existsSync(join("operations", "cli", "commands", `${name}.ts`)))).toEqual([]);
    const settings = [...runbook.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=\w+)?`/g)].map(([, name = ""]) => name);
    const codes = /^(?:EVENT_AGE_EXCEEDED|UNSUPPORTED_FORMAT|TOO_LARGE|PIXEL_LIMIT|IMAGE_ID)$/;
    expect(settings.filter((name) => !(name in SETTINGS) && !codes.test(name))).toEqual([]);
  });

  test("links to what is there", () => {
    const headings = [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
    for (const [, target = ""] of runbook.matchAll(/\]\(([^)]+)\)/g))
      if (target.startsWith("#")) expect(headings).toContain(target.slice(1));
      else expect([target, existsSync(join("docs", target))]).toEqual([target, true]);
  });
});
