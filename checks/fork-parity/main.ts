import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../contract/error-codes";
import { installFork, NoNetwork } from "./install-fork";
import { type Difference, outputDifferences, saysVersion } from "./output-differences";
import { buildProgram, checkTypes, synthesizeWith } from "./synthesize-with";

/** Between them, every construct and both backends. */
const ENVIRONMENTS: readonly Readonly<Record<string, string>>[] = [
  { ENVIRONMENT_SUFFIX: "dev" },
  {
    ENVIRONMENT_SUFFIX: "prod",
    AWS_REGION: "eu-central-1",
    TF_CLOUD_ORGANIZATION: "example",
    TF_CLOUD_PROJECT: "photos",
    UPLOAD_ORIGINS: "https://photos.example.com",
    ALARM_EMAIL: "oncall@example.com",
    SOURCE_VERSIONING: "true",
    RESERVED_CONCURRENCY: "none",
  },
  { ENVIRONMENT_SUFFIX: "burst", UPLOAD_TRIGGER: "queue" },
];

/** Below `dist/` the program finds the project's own packages. */
const OWN_DIRECTORY = "dist/fork-parity/own";

/** `npm run fork-parity`: the same source with CDK Terrain in the place of CDKTF, and what that changes in the output. */
function run(directory: string): void {
  installFork(directory);
  checkTypes(directory);
  process.stdout.write("types: main.ts and all it imports fit CDK Terrain\n");
  mkdirSync(OWN_DIRECTORY, { recursive: true });
  const [own, forked] = [buildProgram(OWN_DIRECTORY), buildProgram(directory)];
  for (const settings of ENVIRONMENTS) {
    const before = synthesizeWith(own, join(directory, "own"), settings);
    const after = synthesizeWith(forked, join(directory, "fork"), settings);
    report(String(settings.ENVIRONMENT_SUFFIX), outputDifferences(before, after));
  }
}

function report(environment: string, differences: readonly Difference[]): void {
  const unexpected = differences.filter((difference) => !saysVersion(difference));
  const isVersion = differences.some(({ path }) => path === "//.metadata.version");
  process.stdout.write(`${environment}: ${differences.length} differences, ${unexpected.length} beyond versions\n`);
  for (const { path, before, after } of differences)
    process.stdout.write(`  ${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}\n`);
  // Without it both programs ran the same packages, and nothing was compared.
  if (unexpected.length > 0 || !isVersion) process.exitCode = 1;
}

const USAGE = `npm run fork-parity

Synthesizes with CDK Terrain in the place of CDKTF and compares the outputs. The packages come from npm's registry; without it, that
is said and nothing is compared. Ends with 1 where more than versions differ.`;

function main(): void {
  if (process.argv.includes("--help")) return void process.stdout.write(`${USAGE}\n`);
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "fork-parity-")));
  try {
    run(directory);
  } catch (error) {
    if (error instanceof NoNetwork)
      process.stdout.write(`NOT RUN: the package registry is out of reach (${error.message})\n`);
    else {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main();
