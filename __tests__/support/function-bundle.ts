import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FunctionConfiguration } from "../../local/aws/lambda/function-configuration";

/** Writes a bundle whose `index.js` is the given CommonJS source, and returns its directory. */
export function writeFunctionBundle(parent: string, name: string, source: string): string {
  const directory = join(parent, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "index.js"), source);
  return directory;
}

/** A function around a bundle, with limits that a test overrides as it needs. */
export function functionConfiguration(
  codeDirectory: string,
  overrides: Partial<FunctionConfiguration> = {},
): FunctionConfiguration {
  return {
    name: "probe",
    arn: "arn:aws:lambda:us-east-1:000000000000:function:probe",
    codeDirectory,
    memoryMb: 256,
    timeoutSeconds: 5,
    concurrency: 2,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local-secret" },
    environment: {},
    ...overrides,
  };
}
