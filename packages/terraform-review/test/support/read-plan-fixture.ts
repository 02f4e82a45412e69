import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FIXTURES = join(__dirname, "..", "plans");

/** A plan that the real Terraform made, as `make-plan-fixtures.ts` kept it. */
export function planFixture(name: string): Buffer {
  return gunzipSync(readFileSync(join(FIXTURES, `${name}.json.gz`)));
}
