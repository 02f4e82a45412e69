import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { hostPlatform } from "../../bundling/sharp-binaries";
import { BundleProject, buildStager } from "../support/bundle-project";
import { temporaryDirectory } from "../support/temporary-directory";
import { sampled, thoroughTest } from "../support/thorough";

const PROCESSOR = "dist/local/image-processor";
const RECORDER = "dist/local/failure-recorder";
const directory = temporaryDirectory();

beforeAll(buildStager);

/** Everything that decides over the bytes of an archive. */
function treeOf(project: BundleProject, bundle: string) {
  return project.files(bundle).map((path) => {
    const file = join(project.root, bundle, path);
    const { mode, mtimeMs } = statSync(file);
    const content = path.endsWith("/") ? "" : readFileSync(file).toString("base64");
    return { path, mode: (mode & 0o7777).toString(8), mtimeMs, content };
  });
}

describe("the staged bundles", () => {
  const here = new BundleProject(join(directory, "here")).withRealSources();
  const there = new BundleProject(join(directory, "over", "there with a space")).withRealSources();

  beforeAll(async () => {
    utimesSync(join(there.root, "lambda-src/image-processor.ts"), 1, 1);
    await Promise.all([here.stage("local", { umask: 0o022 }), there.stage("local", { umask: 0o077 })]);
  });

  test.each([PROCESSOR, RECORDER])("%s is the same in two checkouts, whatever their umask and times", (bundle) => {
    const tree = treeOf(here, bundle);
    expect(treeOf(there, bundle).map(({ content: _, ...entry }) => entry)).toEqual(
      tree.map(({ content: _, ...entry }) => entry),
    );
    // Compared apart, because the difference of twenty megabytes is no help.
    expect(treeOf(there, bundle).every(({ content }, index) => content === tree[index]?.content)).toBe(true);
    expect(new Set(tree.map(({ path, mode }) => `${path.endsWith("/") ? "directory" : "file"} ${mode}`))).toEqual(
      new Set(bundle === PROCESSOR ? ["file 644", "directory 755"] : ["file 644"]),
    );
  });

  test("hold the documented files and nothing else", () => {
    const sharp = `node_modules/@img/sharp-${hostPlatform()}`;
    const libvips = `node_modules/@img/sharp-libvips-${hostPlatform()}`;
    // Named differently on every platform, with versions in the name.
    const shape = here
      .files(PROCESSOR)
      .map((path) => path.replace(/lib\/.+\.(node|so|dylib|dll)[.\d]*$/, "lib/native"));
    expect(here.files(RECORDER)).toEqual(["THIRD-PARTY-LICENSES.txt", "index.js"]);
    expect(shape).toEqual(
      [
        ...["THIRD-PARTY-LICENSES.txt", "index.js", "node_modules/", "node_modules/@img/"],
        ...[`${sharp}/`, `${sharp}/LICENSE`, `${sharp}/README.md`, `${sharp}/index.cjs`, `${sharp}/package.json`],
        ...[`${sharp}/lib/`, `${sharp}/lib/native`],
        ...[`${libvips}/`, `${libvips}/README.md`, `${libvips}/package.json`, `${libvips}/versions.json`],
        ...[`${libvips}/lib/`, `${libvips}/lib/native`],
      ].sort(),
    );
  });

  test("are small enough to start fast", () => {
    expect(statSync(join(here.root, PROCESSOR, "index.js")).size).toBeLessThanOrEqual(640_000);
    expect(here.read(`${RECORDER}/index.js`)).not.toContain("@img/sharp");
  });

  test("name the licence of every package that is in them", () => {
    const licences = here.read(`${PROCESSOR}/THIRD-PARTY-LICENSES.txt`);
    for (const name of ["@aws-sdk/client-s3", "@aws-sdk/client-dynamodb", "@smithy/core", "@img/colour", "detect-libc"])
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\([^)]+\\)$`, "m"));
    for (const name of ["sharp", "semver", "thumbhash", "valibot"])
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|ISC|Apache-2\\.0)\\)$`, "m"));
    expect(licences.split(`${"-".repeat(80)}\n`).every((section) => section.trim().split("\n\n").length > 1)).toBe(
      true,
    );
    expect(here.read(`${RECORDER}/THIRD-PARTY-LICENSES.txt`)).not.toContain("\nsharp ");
  });
});

describe("staging again", () => {
  const project = new BundleProject(join(directory, "again")).withSmallSources();
  const stagedAgain = async (target: Parameters<BundleProject["stage"]>[0] = "local") => {
    const before = [project.stagedAt(PROCESSOR), project.stagedAt(RECORDER)];
    await project.stage(target);
    return [project.stagedAt(PROCESSOR), project.stagedAt(RECORDER)].map((time, index) => time !== before[index]);
  };

  beforeAll(() => project.stage("local"));

  test("is not needed while nothing changed", async () => {
    expect(await stagedAgain()).toEqual([false, false]);
  });

  const changes = [
    ["a source changes", "lambda-src/image-processor.ts", "// changed\n"],
    ["the contract changes", "contract/names.ts", "// changed\n"],
    ["a source is added", "lambda-src/added.ts", "export const added = 1;\n"],
    ["the lock file changes", "package-lock.json", "\n"],
    ["a staging tool changes", "bundling/bundle-function.ts", "// changed\n"],
  ] as const;
  test.each(sampled(changes, 1))("happens to both when %s", async (_, path, text) => {
    appendFileSync(join(project.root, path), text);
    expect(await stagedAgain()).toEqual([true, true]);
    expect(await stagedAgain()).toEqual([false, false]);
  });

  test("does not happen when another tool changes", async () => {
    project.write("checks/stress-images.ts", "// changed\n");
    expect(await stagedAgain()).toEqual([false, false]);
  });

  const tampering: readonly (readonly [string, () => void])[] = [
    ["edited", () => appendFileSync(join(project.root, RECORDER, "index.js"), "// edited")],
    ["removed", () => rmSync(join(project.root, RECORDER, "index.js"))],
    ["added", () => project.write(`${RECORDER}/added.txt`, "added")],
    ["touched", () => utimesSync(join(project.root, RECORDER, "index.js"), 1, 1)],
  ];
  test.each(sampled(tampering, 1))("happens to the bundle of which a file was %s", async (_, change) => {
    const before = project.read(`${RECORDER}/index.js`);
    change();
    expect(await stagedAgain()).toEqual([false, true]);
    expect(project.files(RECORDER)).toEqual(["THIRD-PARTY-LICENSES.txt", "index.js"]);
    expect(project.read(`${RECORDER}/index.js`)).toBe(before);
  });

  thoroughTest("may happen in several processes at once", async () => {
    rmSync(join(project.root, "dist"), { recursive: true });
    await Promise.all([1, 2, 3, 4].map(() => project.stage("local")));
    expect(project.files(RECORDER)).toEqual(["THIRD-PARTY-LICENSES.txt", "index.js"]);
    expect(project.files("dist/local").filter((path) => path.includes("draft"))).toEqual([]);
    expect(await stagedAgain()).toEqual([false, false]);
  });

  test("leaves the staged bundle and no draft behind when it fails, and says what is wrong", async () => {
    project.write("lambda-src/failure-recorder.ts", "import './missing';\n");
    await expect(project.stage("local")).rejects.toThrow(/missing/);
    expect(project.files("dist/local").filter((path) => path.includes("draft"))).toEqual([]);
    expect(project.read(`${RECORDER}/index.js`)).toContain("handler");
    project.withSmallSources();
    await project.stage("local");
  });

  thoroughTest("starts over after an interruption that left no marker, or a draft", async () => {
    rmSync(join(project.root, `${PROCESSOR}.staged.json`));
    rmSync(join(project.root, PROCESSOR, "index.js"));
    mkdirSync(join(project.root, `${PROCESSOR}.draft-killed`));
    await project.stage("local");
    expect(project.files(PROCESSOR)).toContain("index.js");
    expect(await stagedAgain()).toEqual([false, false]);
  });

  test("names what is missing in one sentence", async () => {
    rmSync(join(project.root, "package-lock.json"));
    await expect(project.stage("local")).rejects.toThrow(
      "package-lock.json must exist before the functions can be bundled; run npm ci in the project's root first",
    );
  });
});
