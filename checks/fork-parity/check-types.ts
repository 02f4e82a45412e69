import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What stands in for what: only the names that the stacks import. */
const FORKED = ["cdktf", "@cdktf/provider-aws/*", "@cdktf/provider-archive/*", "constructs"] as const;

/**
 * Type-checks `main.ts` and all it imports against the packages installed in a directory.
 * @throws {Error} with the compiler's messages
 */
export function checkTypes(directory: string): void {
  const project = join(directory, "tsconfig.json");
  const configuration = {
    extends: resolve("tsconfig.json"),
    compilerOptions: {
      paths: Object.fromEntries(FORKED.map((name) => [name, [join(directory, "node_modules", name)]])),
      types: ["node"],
      typeRoots: [resolve("node_modules/@types")],
    },
    include: [resolve("main.ts")],
  };
  writeFileSync(project, JSON.stringify(configuration, null, 2));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve("node_modules/typescript/bin/tsc"), "-p", project],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`types must fit CDK Terrain, got:\n${stdout}${stderr}`.trimEnd());
}
