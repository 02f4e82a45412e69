import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFunction } from "../../bundling/bundle-function";
import { copySharpBinaries, hostPlatform } from "../../bundling/sharp-binaries";
import { stageLocalBundles } from "../../bundling/stage-lambda-bundles";

/** Something that a function loads before its first event, as a file to require. */
export interface StartPart {
  readonly name: string;
  readonly file: string;
}

export const EMPTY_PART = "empty process";

const DIRECTORY = "dist/bench/start";

const SHARP = 'export { default } from "sharp";';
const S3 = 'import { S3Client, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";';
const DYNAMODB = 'import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";';
const S3_KEPT = "new S3Client({}), GetObjectCommand, PutObjectCommand";
const DYNAMODB_KEPT = "new DynamoDBClient({}), GetItemCommand, UpdateItemCommand";
const BOTH_CLIENTS = `${S3}\n${DYNAMODB}\nexport const kept = [${S3_KEPT}, ${DYNAMODB_KEPT}];`;

/** What is loaded, as source: each becomes a bundle of its own with the functions' options. */
const LIBRARIES: Readonly<Record<string, string>> = {
  "sharp with its binary": SHARP,
  "S3 client": `${S3}\nexport const kept = [${S3_KEPT}];`,
  "DynamoDB client": `${DYNAMODB}\nimport { marshall, unmarshall } from "@aws-sdk/util-dynamodb";\nexport const kept = [${DYNAMODB_KEPT}, marshall, unmarshall];`,
  "both clients": BOTH_CLIENTS,
  "sharp and both clients": `${SHARP}\n${BOTH_CLIENTS}`,
  "logger and metrics":
    'import { Logger } from "@aws-lambda-powertools/logger";\nimport { Metrics } from "@aws-lambda-powertools/metrics";\nexport const kept = [new Logger(), new Metrics({ namespace: "bench" })];',
  "settings (valibot)": 'export { readProcessorSettings } from "../../../../lambda-src/function-settings";',
  placeholder: 'export { rgbaToThumbHash } from "thumbhash";',
};

/** The two functions as they are deployed, and the libraries in them one by one. */
export function startParts(): readonly StartPart[] {
  mkdirSync(DIRECTORY, { recursive: true });
  const empty = join(process.cwd(), DIRECTORY, "empty.js");
  writeFileSync(empty, "");
  const functions = stageLocalBundles();
  const indexOf = (directory: string): string => join(process.cwd(), directory, "index.js");
  copySharpBinaries(hostPlatform(), DIRECTORY);
  return [
    { name: EMPTY_PART, file: empty },
    { name: "image processor", file: indexOf(functions.imageProcessor) },
    { name: "failure recorder", file: indexOf(functions.failureRecorder) },
    { name: "sharp's binary alone", file: binaryAlone() },
    ...Object.entries(LIBRARIES).map(([name, source], index) => ({ name, file: bundled(`library-${index}`, source) })),
  ];
}

function binaryAlone(): string {
  const file = join(process.cwd(), DIRECTORY, "binary.js");
  writeFileSync(file, `require("@img/sharp-${hostPlatform()}/sharp.node");\n`);
  return file;
}

/** Beside the binaries, so that sharp finds its own. */
function bundled(name: string, source: string): string {
  const directory = join(DIRECTORY, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "entry.ts"), source);
  bundleFunction({ entry: join(directory, "entry.ts"), runtime: "nodejs24.x", directory });
  return join(process.cwd(), directory, "index.js");
}
