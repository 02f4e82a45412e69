import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { buildSync } from "esbuild";
import { lockDirectory } from "../../local/directory-lock";
import { temporaryDirectory } from "../support/temporary-directory";

// Processes start: a loaded machine takes its time.
jest.setTimeout(30_000);

const PROCESSES = 4;
const ROUNDS = 40;
/** Long enough for every process to have read its line. */
const HEAD_START_MS = 10;

const root = temporaryDirectory();
/** Of a process that is gone. */
const deadPid = spawnSync(process.execPath, ["--version"]).pid;

let directories = 0;
function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = join(root, `directory-${++directories}`);
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

describe("lockDirectory", () => {
  test("makes the directory, names this process, and leaves nothing when released", () => {
    const directory = join(root, "new", "directory");
    const release = lockDirectory(directory);
    expect(readdirSync(directory)).toEqual(["lock"]);
    expect(readFileSync(join(directory, "lock"), "utf8")).toBe(`${process.pid}\n`);
    release();
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each(["/proc/absent/directory", "/dev/null/directory"])("says that %s cannot be made", (directory) => {
    expect(() => lockDirectory(directory)).toThrow(
      new RegExp(`^${directory} must be a directory that can be written \\(E[A-Z]+\\)$`),
    );
  });

  test("refuses the directory of a living process and leaves its lock alone", () => {
    const directory = directoryWith({ lock: `${process.ppid}\n` });
    expect(() => lockDirectory(directory)).toThrow(
      `${directory} is in use by process ${process.ppid}: stop that one first, or choose another directory`,
    );
    expect(readdirSync(directory)).toEqual(["lock"]);
  });

  test.each([
    ["of a dead process", { lock: `${deadPid}\n` }],
    ["with the number of this process, which a dead one had", { lock: `${process.pid}\n` }],
    ["without a process", { lock: "" }],
    ["whose takeover died too", { lock: `${deadPid}\n`, "lock.takeover": `${deadPid}\n` }],
  ])("takes over a lock %s", (_, files) => {
    const directory = directoryWith(files);
    const release = lockDirectory(directory);
    expect(readdirSync(directory)).toEqual(["lock"]);
    expect(readFileSync(join(directory, "lock"), "utf8")).toBe(`${process.pid}\n`);
    release();
  });

  test("leaves a lock to the living process that is taking it over", () => {
    const directory = directoryWith({ lock: `${deadPid}\n`, "lock.takeover": `${process.ppid}\n` });
    expect(() => lockDirectory(directory)).toThrow(`${directory} is in use by process ${process.ppid}`);
  });

  test("says which directory cannot be used", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(() => lockDirectory(file)).toThrow(`${file} must be a directory that can be written (EEXIST)`);
  });
});

describe("processes that start at once", () => {
  const children: { child: ChildProcessWithoutNullStreams; lines: Interface }[] = [];
  beforeAll(() => {
    const host = join(root, "lock-host.js");
    buildSync({ entryPoints: ["__tests__/support/lock-host.ts"], bundle: true, platform: "node", outfile: host });
    for (let n = 0; n < PROCESSES; n++) {
      const child = spawn(process.execPath, [host]);
      children.push({ child, lines: createInterface({ input: child.stdout }) });
    }
  });
  afterAll(() => {
    for (const { child } of children) child.kill("SIGKILL");
  });

  test.each([
    ["no lock", {}],
    ["a stale lock", { lock: `${deadPid}\n` }],
    ["an empty lock", { lock: "" }],
    ["a stale lock and a stale takeover", { lock: `${deadPid}\n`, "lock.takeover": `${deadPid}\n` }],
  ])("find %s: exactly one holds the directory", async (_, files) => {
    for (let round = 0; round < ROUNDS; round++) {
      const directory = directoryWith(files);
      const line = `${JSON.stringify({ directory, atMs: Date.now() + HEAD_START_MS })}\n`;
      const answers = children.map(async ({ child, lines }) => {
        child.stdin.write(line);
        return String(await once(lines, "line"));
      });
      expect((await Promise.all(answers)).sort()).toEqual(["held", "refused", "refused", "refused"]);
      expect(readdirSync(directory)).toEqual(["lock"]);
    }
  });
});
