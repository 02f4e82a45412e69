import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A Node to start functions with. */
export interface Runtime {
  readonly name: string;
  readonly program: string;
}

/** The ones that Lambda offers, from npm's packages of Node, and the one that runs this. */
export function runtimes(): { readonly found: readonly Runtime[]; readonly missing: readonly string[] } {
  const wanted = [24, 22].map((major) => {
    const directory = join("bench/node_modules", `node-${major}-${process.platform}-${process.arch}`);
    return { name: `Node ${major}`, program: join(process.cwd(), directory, "bin/node") };
  });
  const here = { name: `Node ${process.version.slice(1)} (here)`, program: process.execPath };
  return {
    found: [...wanted.filter(({ program }) => existsSync(program)).map(withVersion), here],
    missing: wanted.filter(({ program }) => !existsSync(program)).map(({ name }) => name),
  };
}

function withVersion({ program }: Runtime): Runtime {
  const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  return { name: `Node ${version.slice(1)}`, program };
}
