import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { bundleFunction } from "../bundling/bundle-function";
import { copySharpBinaries, hostPlatform } from "../bundling/sharp-binaries";
import { IMAGE_PROCESSOR } from "../contract/deployment";

/** One way to make previews. */
export interface Candidate {
  readonly name: string;
  /** How its program is started; FILE OUTPUT BOXES follow. */
  readonly command: readonly string[];
}

/** A candidate that this machine does not have, and what to do about it. */
export interface MissingCandidate {
  readonly name: string;
  readonly install: string;
}

/** What every other candidate is compared with. */
export const SUBJECT = "this project";

const DIRECTORY = "dist/bench";
const NPM_INSTALL = "npm ci --prefix bench";
const GO_INSTALL =
  "apt-get install golang-go golang-github-disintegration-imaging-dev golang-golang-x-image-dev (or Debian's equivalents)";

/** Builds what has to be built. Nothing is installed. */
export function prepareCandidates(): {
  readonly candidates: readonly Candidate[];
  readonly missing: readonly MissingCandidate[];
} {
  mkdirSync(DIRECTORY, { recursive: true });
  const worker = nodeWorker();
  const inNode = (name: string, module: string): Candidate => ({
    name,
    command: [...worker, module],
  });
  const fromNpm = (name: string): Candidate | MissingCandidate =>
    existsSync(join("bench/node_modules", name))
      ? inNode(name, bundleProgram(`bench/peers/${name.replace("@", "").replace("/", "-")}.ts`))
      : { name, install: NPM_INSTALL };
  const prepared = [
    { name: SUBJECT, command: [...asDeployed(), ...worker, bundleSubject()] },
    floor(),
    inNode("sharp, three pipelines", bundleProgram("bench/peers/sharp-pipelines.ts")),
    reference(),
    fromNpm("jimp"),
    fromNpm("@napi-rs/image"),
    fromNpm("@napi-rs/canvas"),
    commandLine("vipsthumbnail", "vipsthumbnail", "apt-get install libvips-tools"),
    commandLine("ImageMagick", "convert", "apt-get install imagemagick"),
    pillow(),
  ];
  return {
    candidates: prepared.filter((candidate) => "command" in candidate),
    missing: prepared.filter((candidate) => "install" in candidate),
  };
}

/** Starts a candidate in Node; its module follows. */
export const nodeWorker = (): readonly string[] => [process.execPath, bundleProgram("bench/workers/node-worker.ts")];

/** With what the function's environment says about memory. */
const asDeployed = (): readonly string[] => [
  "env",
  ...Object.entries(IMAGE_PROCESSOR.allocation).map(([name, value]) => `${name}=${value}`),
];

/** Exactly as the function is bundled: same options, same binaries beside it. */
export function bundleSubject(): string {
  const directory = join(DIRECTORY, "subject");
  mkdirSync(directory, { recursive: true });
  bundleFunction({ entry: "bench/peers/image-pipeline.ts", runtime: "nodejs22.x", directory });
  copySharpBinaries(hostPlatform(), directory);
  return join(process.cwd(), directory, "index.js");
}

export function bundleProgram(entry: string): string {
  const outfile = join(process.cwd(), DIRECTORY, entry.replace(/^.*\//, "").replace(/\.ts$/, ".js"));
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}

function floor(): Candidate | MissingCandidate {
  const name = "floor: libjpeg-turbo";
  const program = join(DIRECTORY, "floor");
  const built = runs(["cc", "-O2", "-DOPTIMIZE_CODING=FALSE", "bench/peers/floor.c", "-ljpeg", "-o", program]);
  return built ? { name, command: [program] } : { name, install: "apt-get install gcc libjpeg62-turbo-dev" };
}

/** Debian's packages lie in a GOPATH of their own, outside any module. */
function reference(): Candidate | MissingCandidate {
  const name = "reference (Go)";
  const program = join(DIRECTORY, "reference");
  const environment = ["env", "GO111MODULE=off", "GOPATH=/usr/share/gocode", "GOFLAGS="];
  const built = runs([...environment, "go", "build", "-o", program, "bench/peers/reference.go"]);
  return built ? { name, command: [program] } : { name, install: GO_INSTALL };
}

function pillow(): Candidate | MissingCandidate {
  const python = pythonThatImports("PIL");
  return python
    ? { name: "Pillow", command: [python, "bench/peers/pillow.py"] }
    : { name: "Pillow", install: "apt-get install python3-pil" };
}

/** Debian's own ImageMagick and libvips lie in /usr/bin, whatever stands in for them elsewhere. */
function commandLine(name: string, program: string, install: string): Candidate | MissingCandidate {
  const python = pythonThatImports("resource");
  if (!python) return { name, install: "apt-get install python3 (it measures the program)" };
  const found = [`/usr/bin/${program}`, program].find((path) => runs([path, "--version"]));
  return found ? { name, command: [python, "bench/peers/commands.py", found] } : { name, install };
}

const pythonThatImports = (module: string): string | undefined =>
  ["python3", "/usr/bin/python3"].find((python) => runs([python, "-c", `import ${module}`]));

function runs([program = "", ...rest]: readonly string[]): boolean {
  try {
    execFileSync(program, rest, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
