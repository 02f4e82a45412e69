import { readFileSync } from "node:fs";

interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
}

type LockFile = { readonly packages: Readonly<Record<string, Partial<LockedPackage>>> };

/** The lock file beside what npm recorded as installed: what goes into a bundle must be the same in both. */
export class LockedPackages {
  readonly #locked: LockFile = readLockFile("package-lock.json");
  readonly #installed: LockFile = readLockFile("node_modules/.package-lock.json");

  /** @param path where the package lies, as in the lock file: `node_modules/sharp` */
  locked(path: string): LockedPackage {
    const { version, integrity } = this.#locked.packages[path] ?? {};
    if (!version || !integrity)
      throw new Error(`${path} must be in package-lock.json with version and integrity, got ${version ?? "nothing"}`);
    return { version, integrity };
  }

  isInstalled(path: string): boolean {
    return this.#installed.packages[path] !== undefined;
  }

  /** @throws {Error} when the installed package is not the one of the lock file */
  verifyInstalled(path: string): LockedPackage {
    const locked = this.locked(path);
    const installed = this.#installed.packages[path];
    if (installed?.version !== locked.version || installed.integrity !== locked.integrity)
      throw new Error(
        `${path} must be the locked version ${locked.version} to be bundled, got ${installed?.version ?? "nothing"}; run npm ci`,
      );
    return locked;
  }
}

function readLockFile(path: string): LockFile {
  return JSON.parse(readFileSync(path, "utf8")) as LockFile;
}
