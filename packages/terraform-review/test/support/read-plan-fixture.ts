import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FIXTURES = join(__dirname, "..", "plans");

/** A plan that the real Terraform made, as `make-plan-fixtures.ts` kept it. */
export function planFixture(name: string): Buffer {
  return gunzipSync(readFileSync(join(FIXTURES, `${name}.json.gz`)));
}

export function planFixtureNames(): readonly string[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith(".json.gz"))
    .map((file) => file.replace(".json.gz", ""))
    .sort();
}
