import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LockedPackages } from "./locked-packages";

/** The platform part of sharp's prebuilt packages: `linux-x64` in `@img/sharp-linux-x64`. */
export type SharpPlatform = string;

/** Downloaded packages of other platforms; each is checked against the lock file again whenever it is used. */
const DOWNLOADS = "dist/sharp-binaries";

/** Files of a binary package that the function needs at run time or owes to its licence; headers and the like stay out. */
const NEEDED_FILES =
  /^(package\.json|index\.cjs|LICENSE|README\.md|versions\.json|lib\/[^/]+\.(node|dylib|dll|so[.\d]*))$/;

/** The platform of the binaries that npm installed for this machine. */
export function hostPlatform(): SharpPlatform {
  const prefix = "sharp-";
  const installed = existsSync("node_modules/@img") ? readdirSync("node_modules/@img") : [];
  const platform = installed
    .filter((name) => name.startsWith(prefix) && !name.startsWith("sharp-libvips-"))
    .map((name) => name.slice(prefix.length))
    .find((name) => name.startsWith(process.platform) && name.endsWith(`-${process.arch}`));
  if (!platform)
    throw new Error(
      `sharp must have a binary for ${process.platform}-${process.arch} under node_modules/@img, got ${installed.join(", ") || "nothing"}; run npm ci`,
    );
  return platform;
}

/**
 * Copies sharp's binary and libvips for one platform into `directory/node_modules/@img`, from this machine's own
 * installation when it is of that platform, else from the package that the lock file names.
 */
export function copySharpBinaries(platform: SharpPlatform, directory: string): void {
  const packages = new LockedPackages();
  for (const name of [`@img/sharp-${platform}`, `@img/sharp-libvips-${platform}`]) {
    const target = join(directory, "node_modules", name);
    const path = `node_modules/${name}`;
    if (packages.isInstalled(path)) {
      packages.verifyInstalled(path);
      copyNeededFiles(path, target);
    } else {
      copyFromRegistry(name, packages.locked(path), target);
    }
  }
}

function copyNeededFiles(source: string, target: string): void {
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
      .slice(source.length + 1)
      .replaceAll("\\", "/");
    if (entry.isFile() && NEEDED_FILES.test(path)) cpSync(join(source, path), join(target, path));
  }
}

function copyFromRegistry(name: string, locked: { version: string; integrity: string }, target: string): void {
  const archive = download(name, locked);
  const unpacked = mkdtempSync(join(tmpdir(), "sharp-binary-"));
  try {
    execFileSync("tar", ["-xzf", archive, "-C", unpacked], { stdio: ["ignore", "ignore", "pipe"] });
    copyNeededFiles(join(unpacked, "package"), target);
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

/** The package's archive, verified against the lock file. npm knows the registry, the proxy and the credentials to use. */
function download(name: string, locked: { version: string; integrity: string }): string {
  const archive = join(DOWNLOADS, `${name.replace("/", "-").replace("@", "")}-${locked.version}.tgz`);
  if (existsSync(archive) && hasIntegrity(archive, locked.integrity)) return archive;

  process.stderr.write(`fetching ${name}@${locked.version}, which is not this machine's own\n`);
  mkdirSync(DOWNLOADS, { recursive: true });
  const draft = mkdtempSync(join(DOWNLOADS, "draft-"));
  try {
    pack(`${name}@${locked.version}`, draft);
    const [file = ""] = readdirSync(draft);
    if (!hasIntegrity(join(draft, file), locked.integrity))
      throw new Error(`${name}@${locked.version} must have the integrity of package-lock.json, got other bytes`);
    renameSync(join(draft, file), archive);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return archive;
}

function pack(specifier: string, destination: string): void {
  try {
    execFileSync("npm", ["pack", specifier, "--pack-destination", destination, "--silent", "--fetch-retries=0"], {
      stdio: ["ignore", "ignore", "pipe"],
      shell: process.platform === "win32",
    });
  } catch (error) {
    throw new Error(
      `${specifier} must be fetched with npm because this machine has other binaries installed, and npm pack failed; is the network there?`,
      { cause: error },
    );
  }
}

function hasIntegrity(file: string, integrity: string): boolean {
  const [algorithm = "", expected] = integrity.split("-");
  return createHash(algorithm).update(readFileSync(file)).digest("base64") === expected;
}
