import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { extname, posix } from "node:path";
import { parseSync } from "@swc/core";
import { ROOMS } from "../checks/allowed-imports";

const UNREAD = new Set(["node_modules", "dist", "cdktf.out", "coverage"]);
const EXTENSIONS = [".ts", ".js", ".cjs", ".mjs"];

/** Every source of the project but tests, which may import anything, and the configuration of tools in the root. */
function sources(directory = "."): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(directory, entry.name);
    if (entry.isDirectory()) return UNREAD.has(entry.name) || entry.name.startsWith(".") ? [] : sources(path);
    return EXTENSIONS.includes(extname(path)) ? [path] : [];
  });
}

const isTest = (path: string): boolean => path.startsWith("__tests__/") || /^packages\/[^/]+\/test\//.test(path);
const isToolConfiguration = (path: string): boolean => /^[\w.-]+\.config\.\w+$/.test(path);

const mayImport = (from: string, to: string): boolean => {
  const rooms = ROOMS[from]?.rooms ?? [];
  return from === to || (rooms === "all" ? ROOMS[to]?.rooms !== "all" : rooms.includes(to));
};

const BY_DEPTH = Object.keys(ROOMS).sort((a, b) => b.length - a.length);
const roomOf = (path: string): string | undefined =>
  BY_DEPTH.find((room) => path === room || path.startsWith(`${room}/`));

type Node = { readonly type?: string; readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;
const literal = (value: unknown): string | undefined =>
  isNode(value) && value.type === "StringLiteral" ? String(value.value) : undefined;

/** Every module that a source names, as a value or as a type. */
function importedBy(path: string, text: string): readonly string[] {
  const typescript = path.endsWith(".ts");
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (!isNode(value)) return;
    const module = moduleNamedBy(value);
    if (module !== undefined) found.push(module);
    for (const part of Object.values(value)) visit(part);
  };
  visit(parseSync(text, typescript ? { syntax: "typescript" } : { syntax: "ecmascript" }).body);
  return found;
}

function moduleNamedBy(node: Node): string | undefined {
  if (node.type === "ImportDeclaration" || node.type?.startsWith("Export")) return literal(node.source);
  if (node.type === "TsImportType") return literal(node.argument);
  if (node.type === "TsExternalModuleReference") return literal(node.expression);
  if (node.type !== "CallExpression" || !isNode(node.callee)) return undefined;
  const { callee } = node;
  const object = isNode(callee.object) ? callee.object : undefined;
  const loads =
    callee.type === "Import" ||
    callee.value === "require" ||
    (callee.type === "MemberExpression" && object?.value === "require");
  const [first] = Array.isArray(node.arguments) ? node.arguments : [];
  return loads && isNode(first) ? literal(first.expression) : undefined;
}

/** What is wrong with an import, or undefined. */
function fault(path: string, module: string): string | undefined {
  const from = roomOf(path);
  if (from === undefined) return `${path} lies in no room of checks/allowed-imports.ts`;
  const { packages = [], node = [] } = ROOMS[from] ?? {};
  const refused = `${path} must not import ${module}`;
  if (isBuiltin(module)) {
    const name = module.replace(/^node:/, "");
    return node === "all" || node.some((allowed) => name === allowed) ? undefined : refused;
  }
  if (!module.startsWith("."))
    return packages.some((allowed) => module === allowed || module.startsWith(`${allowed}/`)) ? undefined : refused;
  const to = roomOf(posix.join(posix.dirname(path), module));
  return to !== undefined && mayImport(from, to) ? undefined : refused;
}

const faultsOf = (path: string, text: string): readonly string[] =>
  roomOf(path) === undefined
    ? [`${path} lies in no room of checks/allowed-imports.ts`]
    : importedBy(path, text).flatMap((module) => fault(path, module) ?? []);

test("every import of the product is one that the table allows", () => {
  const product = sources().filter((path) => !isTest(path) && !isToolConfiguration(path));
  expect(product.length).toBeGreaterThan(300);
  expect(product.flatMap((path) => faultsOf(path, readFileSync(path, "utf8")))).toEqual([]);
});

test("the rooms import each other in one direction", () => {
  const reached = (room: string, seen: ReadonlySet<string>): readonly string[] =>
    Object.keys(ROOMS)
      .filter((next) => next !== room && mayImport(room, next))
      .flatMap((next) => (seen.has(next) ? [next] : [next, ...reached(next, new Set([...seen, next]))]));
  expect(Object.keys(ROOMS).filter((room) => reached(room, new Set()).includes(room))).toEqual([]);
});

test("the README prints the table", () => {
  const lines = Object.entries(ROOMS).map(([room, { rooms }]) => {
    const allowed = rooms === "all" ? "all of the above" : rooms.join(", ");
    return `${room} -> ${allowed || "nothing"}`;
  });
  expect(readFileSync("README.md", "utf8")).toContain(`\`\`\`\n${lines.join("\n")}\n\`\`\`\n`);
});

test("every room of the table has sources", () => {
  const inhabited = new Set(sources().map(roomOf));
  expect(Object.keys(ROOMS).filter((room) => !inhabited.has(room))).toEqual([]);
});

describe("an import that the table does not allow is found", () => {
  const probes = [
    ["stacks/constructs/probe.ts", 'import sharp from "sharp";'],
    ["stacks/probe.ts", 'import { claim } from "../lambda-src/records/record-updates";'],
    ["contract/probe.ts", 'import { readFileSync } from "node:fs";'],
    ["contract/probe.ts", 'import { App } from "cdktf";'],
    ["lambda-src/records/probe.ts", 'import type { S3Client } from "@aws-sdk/client-s3";'],
    ["lambda-src/records/probe.ts", 'import { env } from "node:process";'],
    ["lambda-src/images/probe.ts", 'const fs = require("fs");'],
    ["lambda-src/images/formats/probe.ts", 'export { decodeImage } from "../decode";'],
    ["lambda-src/images/probe.ts", 'type Upload = import("../records/upload-event").Upload;'],
    ["lambda-src/aws/probe.ts", 'import { startLocalSystem } from "../../local/local-system";'],
    ["operations/probe.ts", 'const start = () => import("../local/start");'],
    ["operations/probe.ts", 'import { Command } from "commander";'],
    ["console/server/probe.ts", 'import { startLocalSystem } from "../../local/local-system";'],
    ["console/page/probe.js", 'import { metrics } from "../server/metrics/metric-history.js";'],
    ["local/aws/s3/probe.ts", 'import { UPLOAD_PREFIX } from "../../../contract/names";'],
    ["local/probe.ts", 'export * from "../stacks/image-pipeline-stack";'],
    ["packages/terraform-review/src/probe.ts", 'import names = require("../../../contract/names");'],
    ["main.ts", 'import "./checks/simulate-protocol";'],
    ["checks/probe.ts", 'import { photo } from "../__tests__/support/small-photos";'],
    ["bench/probe.ts", 'require.resolve("jest");'],
  ] as const;
  test.each(probes)("in %s: %s", (path, text) => {
    expect(faultsOf(path, text)).toEqual([expect.stringContaining(`${path} must not import`)]);
  });

  test("in a folder that nobody listed", () => {
    expect(faultsOf("helpers/probe.ts", "export const one = 1;")).toHaveLength(1);
  });
});
