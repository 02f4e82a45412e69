import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { App, TerraformStack } from "cdktf";
import type { LambdaArchitecture } from "../../../contract/names";
import { InvalidBundle, LambdaPackage } from "../../../stacks/constructs/lambda-package";

const X86_64 = 0x3e;
const ARM64 = 0xb7;

let root: string;
let bundle: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lambda-package-"));
  bundle = join(root, "bundle");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(bundle, path)), { recursive: true });
  writeFileSync(join(bundle, path), content);
}

/** The first bytes of a little-endian 64-bit ELF file. */
function elfHeader(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(machine, 18);
  return header;
}

function packageBundle(architecture: LambdaArchitecture = "x86_64"): LambdaPackage {
  const stack = new TerraformStack(new App({ outdir: join(root, "out") }), "stack");
  return new LambdaPackage(stack, "package", { directory: bundle, architecture });
}

const hashOf = (built: LambdaPackage): string => {
  const asset = built.node.findChild("directory");
  return "assetHash" in asset ? String(asset.assetHash) : "";
};

const faultsOf = (architecture: LambdaArchitecture) => packageBundle(architecture).node.validate();

describe("the hash of a bundle", () => {
  beforeEach(() => {
    write("index.js", "exports.handler = 1;");
    write("lib/a.js", "a");
  });

  test("stays the same for the same names and content, whatever the times and modes", () => {
    const before = hashOf(packageBundle());
    chmodSync(join(bundle, "index.js"), 0o755);
    utimesSync(join(bundle, "lib/a.js"), 1, 1);
    expect(hashOf(packageBundle())).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    ["a file is renamed", () => renameSync(join(bundle, "lib/a.js"), join(bundle, "lib/b.js"))],
    ["a file is moved", () => renameSync(join(bundle, "lib/a.js"), join(bundle, "a.js"))],
    ["a file changes", () => write("lib/a.js", "b")],
    ["a file is added", () => write("lib/empty", "")],
    [
      "content moves from one file to the next",
      () => {
        write("index.js", "exports.handler = 1;a");
        write("lib/a.js", "");
      },
    ],
  ])("changes when %s", (_, change) => {
    const before = hashOf(packageBundle());
    change();
    expect(hashOf(packageBundle())).not.toBe(before);
  });
});

describe("a bundle is refused", () => {
  test("when its directory is missing", () => {
    expect(() => packageBundle()).toThrow(
      new InvalidBundle(`bundle ${bundle} must hold index.js, got no such directory`),
    );
  });

  test("when its directory is empty", () => {
    mkdirSync(bundle);
    expect(() => packageBundle()).toThrow(
      new InvalidBundle(`bundle ${bundle} must hold index.js, got an empty directory`),
    );
  });

  test("when it has no index.js", () => {
    write("handler.js", "");
    expect(() => packageBundle()).toThrow(
      new InvalidBundle(`bundle ${bundle} must hold index.js, got a directory without it`),
    );
  });

  test("when it holds a link, whose target might not be what gets zipped", () => {
    write("index.js", "");
    symlinkSync("index.js", join(bundle, "link.js"));
    expect(() => packageBundle()).toThrow(
      new InvalidBundle(`bundle ${bundle} must hold only files and folders, got link.js`),
    );
  });
});

describe("native files", () => {
  beforeEach(() => write("index.js", ""));

  test.each([
    ["x86_64", X86_64],
    ["arm64", ARM64],
  ] as const)("for %s suit a function of that architecture", (architecture, machine) => {
    write("node_modules/@img/sharp/lib/sharp.node", elfHeader(machine));
    write("node_modules/@img/libvips/lib/libvips-cpp.so.8.17.3", elfHeader(machine));
    expect(faultsOf(architecture)).toEqual([]);
  });

  test("for another architecture are all named", () => {
    write("lib/sharp.node", elfHeader(X86_64));
    write("lib/libvips-cpp.so.42", elfHeader(X86_64));
    expect(faultsOf("arm64")).toEqual([
      `bundle ${bundle} must match LAMBDA_ARCHITECTURE arm64, got lib/libvips-cpp.so.42 for x86_64`,
      `bundle ${bundle} must match LAMBDA_ARCHITECTURE arm64, got lib/sharp.node for x86_64`,
    ]);
  });

  test.each([
    ["a Mach-O file", Buffer.from("cffaedfe0c00000100000000060000000000000000000000", "hex")],
    ["a 32-bit ELF file", Buffer.concat([Buffer.from("\x7fELF\x01\x01\x01", "latin1"), elfHeader(X86_64).subarray(7)])],
    ["an empty file", Buffer.alloc(0)],
    ["text", Buffer.from("module.exports = require('./something-else');")],
  ])("that are %s are refused", (_, content) => {
    write("lib/sharp.node", content);
    expect(faultsOf("x86_64")).toEqual([
      `bundle ${bundle} must match LAMBDA_ARCHITECTURE x86_64, got lib/sharp.node for another system`,
    ]);
  });

  test("are told by their names: sources and licences may say what they like", () => {
    write("libvips.so.txt", "text");
    write("node.js", "text");
    expect(faultsOf("x86_64")).toEqual([]);
  });

  test("stop the synthesis before anything is written", () => {
    write("lib/sharp.node", elfHeader(ARM64));
    const built = packageBundle("x86_64");
    expect(() => TerraformStack.of(built).runAllValidations()).toThrow("must match LAMBDA_ARCHITECTURE x86_64");
  });
});
