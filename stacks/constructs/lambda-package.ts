import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { DataArchiveFile } from "@cdktf/provider-archive/lib/data-archive-file";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { LambdaArchitecture } from "../../contract/names";

/** `e_machine` of ELF. @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const ELF_MACHINES: Readonly<Record<LambdaArchitecture, number>> = { x86_64: 0x3e, arm64: 0xb7 };
const NATIVE_FILE = /\.(?:node|so(?:\.\d+)*)$/;

/** The directory does not hold a bundle that Lambda could run. */
export class InvalidBundle extends Error {
  override readonly name = "InvalidBundle";
}

export interface LambdaPackageProps {
  /** Holds exactly what gets zipped, `index.js` at its root; absolute, or relative to the project's root. */
  readonly directory: string;
  /** What the native files must be made for. */
  readonly architecture: LambdaArchitecture;
}

/**
 * A directory as the zip file of a function. The directory is copied beside the synthesized stack, and Terraform zips it
 * there, with fixed times and modes: the same content gives the same zip, in any checkout.
 */
export class LambdaPackage extends Construct {
  /** Path of the zip file, relative to the synthesized stack. */
  readonly fileName: string;
  readonly sha256Base64: string;

  /** @throws {InvalidBundle} when the directory is missing, has no `index.js`, or holds links or the like */
  constructor(scope: Construct, id: string, props: LambdaPackageProps) {
    super(scope, id);
    const paths = listFiles(props.directory);
    const asset = new TerraformAsset(this, "directory", {
      path: props.directory,
      type: AssetType.DIRECTORY,
      assetHash: hashFiles(props.directory, paths),
    });
    const archive = new DataArchiveFile(this, "file", {
      type: "zip",
      sourceDir: asset.path,
      outputPath: `${scope.node.id}.zip`,
      outputFileMode: "0644",
    });
    this.fileName = archive.outputPath;
    this.sha256Base64 = archive.outputBase64Sha256;
    this.node.addValidation({ validate: () => faultsOfNativeFiles(props, paths) });
  }
}

function listFiles(directory: string): readonly string[] {
  if (!existsSync(join(directory, "index.js")))
    throw new InvalidBundle(`bundle ${directory} must hold index.js, got ${describeContent(directory)}`);
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  return entries
    .map((entry) => {
      const path = relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/");
      if (!entry.isFile()) throw new InvalidBundle(`bundle ${directory} must hold only files and folders, got ${path}`);
      return path;
    })
    .sort();
}

function describeContent(directory: string): string {
  if (!existsSync(directory)) return "no such directory";
  return readdirSync(directory).length === 0 ? "an empty directory" : "a directory without it";
}

/** Over names and content, so that renaming a file changes the hash. CDKTF's own hash leaves the names out. */
function hashFiles(directory: string, paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = readFileSync(join(directory, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 32);
}

function faultsOfNativeFiles({ directory, architecture }: LambdaPackageProps, paths: readonly string[]): string[] {
  return paths
    .filter((path) => NATIVE_FILE.test(path))
    .flatMap((path) => {
      const machine = readElfMachine(join(directory, path));
      if (machine === ELF_MACHINES[architecture]) return [];
      const got = Object.entries(ELF_MACHINES).find(([, code]) => code === machine)?.[0];
      return [
        `bundle ${directory} must match LAMBDA_ARCHITECTURE ${architecture}, got ${path} for ${got ?? "another system"}`,
      ];
    });
}

/** `e_machine` of a little-endian 64-bit ELF file, or undefined for any other file. */
function readElfMachine(path: string): number | undefined {
  const header = Buffer.alloc(20);
  const file = openSync(path, "r");
  try {
    if (readSync(file, header, 0, header.length, 0) < header.length) return undefined;
  } finally {
    closeSync(file);
  }
  return header.readUInt32BE(0) === 0x7f454c46 && header.readUInt16BE(4) === 0x0201
    ? header.readUInt16LE(18)
    : undefined;
}
