import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { hostPlatform } from "../../bundling/sharp-binaries";
import { BundleProject, buildStager } from "../support/bundle-project";
import { temporaryDirectory } from "../support/temporary-directory";
import { thoroughTest } from "../support/thorough";

const directory = temporaryDirectory();
/** The architecture of which this machine has no binaries. */
const OTHER = hostPlatform() === "linux-arm64" ? "x86_64" : "arm64";
const PLATFORM = OTHER === "arm64" ? "linux-arm64" : "linux-x64";
const TARGET = { architecture: OTHER, runtime: "nodejs24.x" } as const;
const PROCESSOR = "dist/lambda/image-processor";

const sha512 = (bytes: Buffer): string => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

/** A package as the registry has it, with more in it than the function needs. */
function packedPackage(name: string): Buffer {
  const root = join(directory, "packed", name);
  const files = [
    "package.json",
    "README.md",
    "LICENSE",
    "index.cjs",
    `lib/${name}.node`,
    "lib/glib.h",
    "include/vips.h",
  ];
  for (const file of files) {
    mkdirSync(join(root, "package", file, ".."), { recursive: true });
    writeFileSync(join(root, "package", file), `${name} ${file}`);
  }
  execFileSync("tar", ["-czf", join(root, "package.tgz"), "-C", root, "package"]);
  return readFileSync(join(root, "package.tgz"));
}

/** `npm pack SPECIFIER --pack-destination DIRECTORY` from a directory of archives, and a note of each call. */
function fakeNpm(archives: string, exitCode = 0): string {
  const bin = join(directory, `bin-${exitCode}`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, "npm"),
    `#!/bin/sh\necho "$@" >> '${archives}/calls'\n[ ${exitCode} = 0 ] || exit ${exitCode}\n` +
      `case "$2" in *libvips*) cp '${archives}/libvips.tgz' "$4" ;; *) cp '${archives}/sharp.tgz' "$4" ;; esac\n`,
  );
  chmodSync(join(bin, "npm"), 0o755);
  return [bin, process.env.PATH].join(delimiter);
}

beforeAll(buildStager);

describe("hostPlatform", () => {
  test("is the one whose binaries are installed here", () => {
    expect(hostPlatform()).toMatch(new RegExp(`^${process.platform}.*-${process.arch}$`));
    expect(existsSync(`node_modules/@img/sharp-${hostPlatform()}`)).toBe(true);
  });
});

describe("binaries of another platform", () => {
  const project = new BundleProject(join(directory, "project")).withSmallSources();
  const archives = join(directory, "archives");
  const calls = (): readonly string[] => readFileSync(join(archives, "calls"), "utf8").trim().split("\n");
  const lockOf = (name: string, bytes: Buffer): void =>
    project.lock(`node_modules/@img/${name}`, { version: "9.9.9", integrity: sha512(bytes) });
  let path = "";

  beforeAll(() => {
    mkdirSync(archives);
    path = fakeNpm(archives);
    const sharp = packedPackage(`sharp-${PLATFORM}`);
    const libvips = packedPackage(`sharp-libvips-${PLATFORM}`);
    writeFileSync(join(archives, "sharp.tgz"), sharp);
    writeFileSync(join(archives, "libvips.tgz"), libvips);
    lockOf(`sharp-${PLATFORM}`, sharp);
    lockOf(`sharp-libvips-${PLATFORM}`, libvips);
  });

  test("cannot be had without npm's help, which is said in one sentence", async () => {
    await expect(project.stage(TARGET, { path: fakeNpm(archives, 1) })).rejects.toThrow(
      `@img/sharp-${PLATFORM}@9.9.9 must be fetched with npm because this machine has other binaries installed, ` +
        "and npm pack failed; is the network there?",
    );
    expect(existsSync(join(project.root, PROCESSOR))).toBe(false);
  });

  test("are refused when they are not what the lock file says", async () => {
    const sound = readFileSync(join(archives, "sharp.tgz"));
    writeFileSync(join(archives, "sharp.tgz"), Buffer.concat([sound, Buffer.from("x")]));
    await expect(project.stage(TARGET, { path })).rejects.toThrow(
      `@img/sharp-${PLATFORM}@9.9.9 must have the integrity of package-lock.json, got other bytes`,
    );
    expect(existsSync(join(project.root, PROCESSOR))).toBe(false);
    expect(project.files("dist/sharp-binaries")).toEqual([]);
    writeFileSync(join(archives, "sharp.tgz"), sound);
  });

  test("are fetched once, at the locked version, and only what is needed is taken", async () => {
    writeFileSync(join(archives, "calls"), "");
    await project.stage(TARGET, { path });
    await project.stage({ ...TARGET, runtime: "nodejs22.x" }, { path });
    expect(calls().map((call) => call.split(" ").slice(0, 2))).toEqual([
      ["pack", `@img/sharp-${PLATFORM}@9.9.9`],
      ["pack", `@img/sharp-libvips-${PLATFORM}@9.9.9`],
    ]);
    const sharp = `node_modules/@img/sharp-${PLATFORM}`;
    expect(project.files(PROCESSOR).filter((file) => file.startsWith(sharp))).toEqual([
      `${sharp}/`,
      ...["LICENSE", "README.md", "index.cjs", "lib/", `lib/sharp-${PLATFORM}.node`, "package.json"].map(
        (file) => `${sharp}/${file}`,
      ),
    ]);
    expect(project.files(PROCESSOR).filter((file) => file.includes(hostPlatform()))).toEqual([]);
  });

  thoroughTest("are fetched again when the kept archive was tampered with", async () => {
    writeFileSync(join(archives, "calls"), "");
    project.write(`dist/sharp-binaries/img-sharp-${PLATFORM}-9.9.9.tgz`, "tampered");
    await project.stage(TARGET, { path });
    expect(calls()).toHaveLength(1);
    expect(project.read(`${PROCESSOR}/node_modules/@img/sharp-${PLATFORM}/index.cjs`)).toBe(
      `sharp-${PLATFORM} index.cjs`,
    );
  });
});

describe("an installed package that is not the locked one", () => {
  const OWN = `node_modules/@img/sharp-${hostPlatform()}`;

  test.each([
    [
      "another version",
      { version: "0.0.1" },
      /must be the locked version 0\.0\.1 to be bundled, got \d+\.\d+\.\d+; run npm ci/,
    ],
    ["other bytes", { integrity: "sha512-AAAA" }, /must be the locked version .+ to be bundled, got .+; run npm ci/],
    ["not locked at all", undefined, /must be in package-lock\.json with version and integrity, got nothing/],
  ])("is refused: %s", async (name, entry, message) => {
    const project = new BundleProject(join(directory, name)).withSmallSources();
    project.lock(OWN, entry);
    await expect(project.stage("local")).rejects.toThrow(message);
    expect(existsSync(join(project.root, "dist/local/image-processor"))).toBe(false);
  });

  test("is refused inside index.js, too", async () => {
    const project = new BundleProject(join(directory, "bundled")).withSmallSources();
    project.write("lambda-src/image-processor.ts", 'export { parse as handler } from "valibot";\n');
    project.lock("node_modules/valibot", { version: "0.0.1" });
    await expect(project.stage("local")).rejects.toThrow("node_modules/valibot must be the locked version 0.0.1");
  });
});
