import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { synthesizedStack } from "../support/synthesized-stack";

const TEXT = readFileSync(join("docs", "parity.md"), "utf8");
const EVERYTHING_ON = { SOURCE_VERSIONING: "true", ALARM_EMAIL: "on-call@example.com" };

describe("docs/parity.md", () => {
  test("names only addresses that exist", () => {
    const named = [...TEXT.matchAll(/`((?:data\.)?(?:aws|archive)_[a-z0-9_]+\.[a-z0-9_]+)`/g)].map((match) => match[1]);
    const existing = ["lambda", "queue"].flatMap((UPLOAD_TRIGGER) =>
      synthesizedStack({ ...EVERYTHING_ON, UPLOAD_TRIGGER }).elements.map((element) => element.address),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(existing).toEqual(expect.arrayContaining(named));
  });

  test("names every type of resource", () => {
    const { elements } = synthesizedStack({ ...EVERYTHING_ON, UPLOAD_TRIGGER: "queue" });
    const types = new Set([...synthesizedStack(EVERYTHING_ON).elements, ...elements].map((element) => element.type));
    types.delete("data.aws_partition");
    for (const type of types) expect(TEXT).toContain(`${type}.`);
  });

  test("names only files that exist", () => {
    const files = [...TEXT.matchAll(/`((?:constructs\/)?[a-z-]+\.ts)`/g)].map((match) => match[1] ?? "");
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) expect([file, existsSync(join("stacks", file))]).toEqual([file, true]);
  });
});
