/**
 * Which room of the project may import what. A room is a folder with all that lies in it, unless a deeper room is listed; a file
 * in no room, and whatever is not listed here, is a fault. `__tests__/allowed-imports.test.ts` holds every import to it, and
 * the README prints it.
 */
export interface Room {
  /** Other rooms. Each may import itself. `all`: any but those that may import all themselves. */
  readonly rooms: readonly string[] | "all";
  /** Packages, with everything below them. */
  readonly packages?: readonly string[];
  /** Modules of Node.js, without `node:`. `all`: any of them. */
  readonly node?: readonly string[] | "all";
}

export const ROOMS: Readonly<Record<string, Room>> = {
  "main.ts": { rooms: ["stacks", "bundling"], packages: ["cdktf"] },
  contract: { rooms: [], packages: ["valibot"] },
  stacks: {
    rooms: ["contract"],
    packages: ["cdktf", "constructs", "@cdktf/provider-aws", "@cdktf/provider-archive", "valibot"],
    node: ["crypto", "fs", "path"],
  },
  // A program of its own: it runs terraform.
  "stacks/lock-providers.ts": {
    rooms: ["stacks", "contract"],
    packages: ["cdktf"],
    node: ["child_process", "fs", "os", "path"],
  },
  // The two entry files, which put the rest together.
  "lambda-src": {
    rooms: ["lambda-src/aws", "lambda-src/records", "lambda-src/images", "contract"],
    packages: ["@aws-sdk", "aws-lambda", "valibot"],
  },
  "lambda-src/aws": {
    rooms: ["lambda-src/records", "lambda-src/images", "lambda-src/images/formats", "contract"],
    packages: ["@aws-sdk", "@aws-lambda-powertools"],
    node: ["stream"],
  },
  // The protocol and the image work decide; AWS, files and the environment are handed in.
  "lambda-src/records": {
    rooms: ["lambda-src/images", "lambda-src/images/formats", "contract"],
    packages: ["aws-lambda", "valibot"],
    node: ["crypto"],
  },
  "lambda-src/images": {
    rooms: ["lambda-src/images/formats", "contract"],
    packages: ["sharp", "thumbhash"],
    node: ["crypto", "zlib"],
  },
  "lambda-src/images/formats": { rooms: ["contract"], packages: ["sharp"], node: ["zlib"] },
  operations: {
    rooms: ["lambda-src/aws", "lambda-src/records", "contract"],
    packages: ["@aws-sdk", "valibot"],
    node: ["crypto", "timers/promises"],
  },
  "operations/cli": {
    rooms: ["operations", "lambda-src/records", "contract"],
    packages: ["commander", "valibot"],
    node: "all",
  },
  "console/server": {
    rooms: ["operations", "lambda-src/records", "lambda-src/images/formats", "loopback", "contract"],
    packages: ["@aws-sdk", "valibot", "level"],
    node: "all",
  },
  // Modules as the browser loads them: thumbhash is served beside the page.
  "console/page": { rooms: [], packages: ["/thumbhash.js"] },
  // What every server of this machine listens with.
  loopback: { rooms: [], node: "all" },
  local: {
    rooms: [
      "console/server",
      "operations",
      "bundling",
      "contract",
      "local/faults",
      "local/aws/storage",
      "local/aws/s3",
      "local/aws/sqs",
      "local/aws/dynamodb",
      "local/aws/lambda",
      "local/aws/http",
    ],
    packages: ["aws-lambda", "commander", "level", "valibot"],
    node: "all",
  },
  "local/faults": {
    rooms: ["local/aws/http", "local/aws/lambda", "lambda-src/records", "loopback", "contract"],
    node: "all",
  },
  // Emulators of AWS, which know nothing of images.
  "local/aws/http": { rooms: ["loopback"], node: "all" },
  "local/aws/storage": { rooms: [], packages: ["level"], node: "all" },
  "local/aws/s3": {
    rooms: ["local/aws/http", "local/aws/storage", "loopback"],
    packages: ["aws-lambda", "level"],
    node: "all",
  },
  "local/aws/sqs": { rooms: ["local/aws/http", "local/aws/storage"], packages: ["valibot"], node: "all" },
  "local/aws/dynamodb": {
    rooms: ["local/aws/http", "local/aws/storage", "loopback"],
    packages: ["dynalite", "level", "@aws-sdk"],
    node: "all",
  },
  "local/aws/lambda": {
    rooms: ["local/aws/http", "local/aws/storage", "local/aws/sqs"],
    packages: ["valibot"],
    node: "all",
  },
  bundling: { rooms: ["contract"], packages: ["esbuild"], node: "all" },
  "packages/terraform-review": { rooms: [], packages: ["valibot", "commander"], node: "all" },
  checks: {
    rooms: "all",
    packages: [
      "@aws-sdk",
      "@swc/core",
      "aws-lambda",
      "commander",
      "esbuild",
      "fast-check",
      "playwright-core",
      "sharp",
      "valibot",
    ],
    node: "all",
  },
  bench: {
    rooms: "all",
    packages: ["@aws-sdk", "commander", "esbuild", "sharp", "valibot"],
    node: "all",
  },
};
