import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { temporaryDirectory } from "../support/temporary-directory";

const ROOT = join(__dirname, "..", "..");
const PROVIDER = join(ROOT, "node_modules", "@cdktf", "provider-aws", "lib");
const directory = temporaryDirectory();
const program = join(directory, "plan-review.js");

interface ListedType {
  readonly type: string;
  readonly harmless: readonly string[];
  readonly judged: readonly string[];
}

function review(args: readonly string[], input = "") {
  const { stdout } = spawnSync(process.execPath, [program, "--format", "json", ...args], { input, maxBuffer: 1 << 27 });
  return JSON.parse(stdout.toString());
}

/** Every attribute and block that the provider's documents name for a type, at any depth. */
function documentedAttributes(type: string): ReadonlySet<string> {
  const path = join(PROVIDER, type.replace(/^aws_/, "").replaceAll("_", "-"), "index.d.ts");
  if (!existsSync(path)) return new Set();
  const text = readFileSync(path, "utf8");
  const settable = [...text.matchAll(/docs\/resources\/\w+#(\w+) /g)].map(([, name = ""]) => name);
  const computed = [...text.matchAll(/^ {4}get (\w+)\(/gm)].map(([, name = ""]) => name);
  return new Set([
    ...settable,
    ...computed.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  ]);
}

/** Newer than the bindings that this repository pins. */
const NEWER = new Set([
  ...["blocked_encryption_types", "bucket_region", "deletion_protection_enabled"],
  ...["delay_after_policy_creation_in_ms", "response_streaming_invoke_arn"],
]);

let types: readonly ListedType[] = [];

beforeAll(() => {
  const entryPoints = [join(ROOT, "packages", "terraform-review", "src", "plan-review.ts")];
  buildSync({ entryPoints, bundle: true, platform: "node", outfile: program });
  types = review(["--list-rules"]);
});

test("the rules name attributes that the provider has", () => {
  const everywhere =
    /^(?:tags|tags_all|timeouts|id|deletion_protection|enable_deletion_protection|encrypted|storage_encrypted|at_rest_encryption_enabled|encrypt_at_rest.*)$/;
  const unknown = types.flatMap(({ type, harmless, judged }) => {
    const documented = documentedAttributes(type);
    if (documented.size === 0) return [];
    const named = [...harmless, ...judged].filter((name) => !everywhere.test(name)).flatMap((name) => name.split("."));
    return [...new Set(named)]
      .filter((name) => !documented.has(name) && !NEWER.has(name) && !/\d/.test(name))
      .map((name) => `${type}: ${name}`);
  });
  expect(unknown).toEqual([]);
});

test("every documented attribute that no rule lists needs a look when it changes", () => {
  const cases = types.flatMap(({ type, harmless, judged }) =>
    [...documentedAttributes(type)]
      .filter((name) => ![...harmless, ...judged].some((listed) => listed === name || listed.startsWith(`${name}.`)))
      .map((attribute) => ({ type, attribute })),
  );
  expect(cases.length).toBeGreaterThan(500);
  const resource_changes = cases.map(({ type, attribute }, index) => ({
    ...{ address: `${type}.r${index}`, mode: "managed", type, name: `r${index}` },
    change: { actions: ["update"], before: { [attribute]: "one" }, after: { [attribute]: "two" }, after_unknown: {} },
  }));
  const plan = JSON.stringify({ format_version: "1.2", resource_changes });
  const [{ findings }] = review(["--max-bytes", "99999999"], plan).plans as [
    { findings: { address: string; verdict: string }[] },
  ];
  const looked = new Set(findings.filter(({ verdict }) => verdict !== "SAFE").map(({ address }) => address));
  expect(cases.filter((_, index) => !looked.has(resource_changes[index]?.address ?? ""))).toEqual([]);
});
