import * as v from "valibot";
import { isObject, type JsonObject } from "../model/json";
import { UnusableInput } from "../unusable-input";
import { type Plan, planSchema } from "./plan-schema";
import { topLevelMembers } from "./top-level-members";

const UTF8_MARK = [0xef, 0xbb, 0xbf];
/** PowerShell's `>` writes UTF-16. */
const UTF16_MARK = [0xff, 0xfe];
const UNREAD = new Set(["planned_values", "provider_schemas", "variables", "relevant_attributes"]);
/** More than this does not fit in memory once it is parsed. */
const MAX_PARSED_BYTES = 96 * 1024 * 1024;

/**
 * Reads what `terraform show -json` wrote, or a JSON plan of Terraform Cloud, also the redacted one.
 * @param source names the input in messages
 * @throws {UnusableInput} when it is no plan of format 1.x
 */
export function readPlan(bytes: Uint8Array, source: string): Plan {
  const document = parseDocument(bytes, source);
  const refusal = refusalOf(document);
  if (refusal) throw new UnusableInput(`${source} ${refusal}`);
  const result = v.safeParse(planSchema, document, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    throw new UnusableInput(`${source} must be a plan of Terraform, got ${issue.received} at ${v.getDotPath(issue)}`);
  }
  return result.output;
}

function parseDocument(bytes: Uint8Array, source: string): unknown {
  if (bytes.length === 0) throw new UnusableInput(`${source} must be a plan as JSON, got nothing`);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw new UnusableInput(
      `${source} must be a plan as JSON, got a binary plan: convert it with terraform show -json`,
    );
  const utf8 = toUtf8(bytes);
  try {
    return parseMembers(utf8);
  } catch (error) {
    if (error instanceof UnusableInput) throw new UnusableInput(`${source} ${error.message}`);
    throw new UnusableInput(`${source} must be a plan as JSON, got ${describeText(new TextDecoder().decode(utf8))}`);
  }
}

/** Most of a plan says again what its changes say. */
function parseMembers(bytes: Uint8Array): unknown {
  const decoder = new TextDecoder();
  const members = topLevelMembers(bytes) ?? new Map([["", bytes]]);
  const read = [...members].filter(([name]) => !UNREAD.has(name));
  const bytesRead = read.reduce((sum, [, value]) => sum + value.length, 0);
  if (bytesRead > MAX_PARSED_BYTES)
    throw new UnusableInput(`must have changes of at most ${MAX_PARSED_BYTES} bytes, got ${bytesRead}`);
  if (members.has("") && members.size === 1) return JSON.parse(decoder.decode(bytes));
  const parsed = new Map(read.map(([name, value]): [string, unknown] => [name, JSON.parse(decoder.decode(value))]));
  return Object.fromEntries([...members.keys()].map((name) => [name, parsed.get(name) ?? null]));
}

function toUtf8(bytes: Uint8Array): Uint8Array {
  const hasMark = (mark: readonly number[]) => mark.every((byte, index) => bytes[index] === byte);
  if (hasMark(UTF8_MARK)) return bytes.subarray(UTF8_MARK.length);
  return hasMark(UTF16_MARK) ? Buffer.from(new TextDecoder("utf-16le").decode(bytes)) : bytes;
}

function describeText(text: string): string {
  const start = text.trimStart();
  if (/^\{[^\n]*"@level"/.test(start)) return "the log of terraform plan -json: use terraform show -json";
  if (!start.startsWith("{")) return "something else";
  return start.trimEnd().endsWith("}") ? "damaged JSON" : "truncated JSON";
}

function refusalOf(document: unknown): string | undefined {
  if (!isObject(document)) return "must be a plan of Terraform, got other JSON";
  if ("lineage" in document || "values" in document) return "must be a plan of Terraform, got a state";
  const version = document.format_version ?? document.plan_format_version;
  if (version === undefined) return "must be a plan of Terraform, got JSON without format_version";
  if (typeof version !== "string" || !/^(?:0\.[12]|1\.\d+)$/.test(version))
    return `must be a plan of format_version 1.x, got ${JSON.stringify(version)}`;
  return isPlan(document) ? undefined : "must be a plan of Terraform, got an empty state";
}

/** An empty plan has no changes, and an empty state nothing but its versions. */
function isPlan(document: JsonObject): boolean {
  return ["planned_values", "configuration", "resource_changes", "output_changes", "plan_format_version"].some(
    (field) => field in document,
  );
}
