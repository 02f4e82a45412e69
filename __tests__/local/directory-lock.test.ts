import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { lockDirectory } from "../../local/directory-lock";
import { temporaryDirectory } from "../support/temporary-directory";

// Processes start: a loaded machine takes its time.
jest.setTimeout(30_000);

const PROCESSES = 4;

const root = temporaryDirectory();
const host = join(root, "lock-host.js");
const children: ChildProcess[] = [];

beforeAll(() => {
  const contents = `
    const { lockDirectory } = require("./local/directory-lock");
    setInterval(() => {}, 1000);
    lockDirectory(process.argv[2]).then(() => console.log("held"), (error) => console.log(error.message));`;
  buildSync({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    platform: "node",
    external: ["level"],
    outfile: host,
  });
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** What a process of its own says when it takes the directory; it lives on. */
async function taking(directory: string): Promise<{ readonly child: ChildProcess; readonly answer: string }> {
  const env = { ...process.env, NODE_PATH: join(process.cwd(), "node_modules") };
  const child = spawn(process.execPath, [host, directory], { env, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [answer] = await once(createInterface({ input: child.stdout }), "line");
  return { child, answer };
}

const inUse = (directory: string) =>
  `${directory} is in use by another process: stop that one first, or choose another directory`;

describe("lockDirectory", () => {
  test("makes the directory, and lets others have it when it is released", async () => {
    const directory = join(root, "new", "directory");
    const release = await lockDirectory(directory);
    expect(existsSync(directory)).toBe(true);
    expect((await taking(directory)).answer).toBe(inUse(directory));
    await release();
    expect((await taking(directory)).answer).toBe("held");
  });

  test("lets others have the directory of a killed process", async () => {
    const directory = join(root, "killed");
    const { child, answer } = await taking(directory);
    expect(answer).toBe("held");
    await expect(lockDirectory(directory)).rejects.toThrow(inUse(directory));
    child.kill("SIGKILL");
    await once(child, "exit");
    const release = await lockDirectory(directory);
    await release();
  });

  test("gives the directory to exactly one of the processes that start at once", async () => {
    const directory = join(root, "at-once");
    const taken = await Promise.all(Array.from({ length: PROCESSES }, () => taking(directory)));
    const refusals = Array.from({ length: PROCESSES - 1 }, () => inUse(directory));
    expect(taken.map(({ answer }) => answer).sort()).toEqual([...refusals, "held"].sort());
  });

  test.each(["/proc/absent/directory", "/dev/null/directory"])("says that %s cannot be made", async (directory) => {
    await expect(lockDirectory(directory)).rejects.toThrow(
      new RegExp(`^${directory} must be a directory that can be written \\(E[A-Z]+\\)$`),
    );
  });

  test("says which directory cannot be used", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    await expect(lockDirectory(file)).rejects.toThrow(`${file} must be a directory that can be written (EEXIST)`);
  });
});
