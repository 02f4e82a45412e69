import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Manifest {
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean; readonly deprecated?: string }>>;
}

const read = <T>(directory: string, file: string) => JSON.parse(readFileSync(join(directory, file), "utf8")) as T;
const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

describe.each([".", "bench", "checks/fork-parity"])("npm ci in %s", (directory) => {
  const { allowScripts = {} } = read<Manifest>(directory, "package.json");
  const packages = Object.entries(read<Lock>(directory, "package-lock.json").packages);

  test("runs no package's install script, and says so of each that has one", () => {
    const withScript = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    expect(allowScripts).toEqual(Object.fromEntries(withScript.map((name) => [name, false])));
  });

  test("builds nothing with a compiler and downloads no binary beside the registry", () => {
    const builders = ["node-gyp", "prebuild-install", "node-pre-gyp", "@mapbox/node-pre-gyp", "nan"];
    expect(packages.map(([path]) => nameOf(path)).filter((name) => builders.includes(name))).toEqual([]);
  });

  test("warns of no deprecated package", () => {
    expect(packages.filter(([, { deprecated }]) => deprecated !== undefined).map(([path]) => nameOf(path))).toEqual([]);
  });
});
