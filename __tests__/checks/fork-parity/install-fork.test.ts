import { readFileSync } from "node:fs";
import { installFailure, NoNetwork } from "../../../checks/fork-parity/install-fork";

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

describe("installFailure", () => {
  test.each(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT"])("takes %s for a registry out of reach", (code) => {
    const failure = installFailure(`npm error code ${code}\nnpm error network request failed`);
    expect(failure).toBeInstanceOf(NoNetwork);
    expect(failure.message).toBe(code);
  });

  test.each(["EINTEGRITY", "ETARGET", "E404", "EUSAGE"])("takes %s for a fault of the lock file", (code) => {
    const failure = installFailure(`npm error code ${code}`);
    expect(failure).not.toBeInstanceOf(NoNetwork);
    expect(failure.message).toContain(code);
  });
});

describe("the fork's manifest", () => {
  const { dependencies } = readJson("checks/fork-parity/package.json") as { dependencies: Record<string, string> };
  const own = readJson("package.json").dependencies as Record<string, string>;

  test("replaces CDKTF and every provider that the project has", () => {
    const replaced = Object.keys(own).filter((name) => name === "cdktf" || name.startsWith("@cdktf/"));
    expect(Object.keys(dependencies).sort()).toEqual([...replaced, "cdktn", "constructs"].sort());
  });

  test("pins exact versions, and the project's own constructs", () => {
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^(?:npm:@?[a-z/-]+@)?\d+\.\d+\.\d+$/);
    expect(dependencies.constructs).toBe(own.constructs);
  });

  test("has one version of CDK Terrain, also for the providers that ask for it by its own name", () => {
    const { packages } = readJson("checks/fork-parity/package-lock.json");
    expect(packages["node_modules/cdktf"].version).toBe(packages["node_modules/cdktn"].version);
    const nested = Object.keys(packages).filter((path) =>
      /node_modules\/.*node_modules\/(?:cdktn|constructs)$/.test(path),
    );
    expect(nested).toEqual([]);
  });
});
