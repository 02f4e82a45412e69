import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type MotoServer, motoCommand, startMoto } from "../support/moto-server";
import { synthesize } from "../support/plan-fixtures/synthesize";
import { makeRetainedResources } from "../support/reference-environment";
import { ACCOUNT_ID, type JsonObject, synthesizedStack } from "../support/synthesized-stack";
import { temporaryDirectory } from "../support/temporary-directory";

const ENVIRONMENT = { IMPORT_FROM_CDK: ACCOUNT_ID, ENVIRONMENT_SUFFIX: "prod" };
const RETAINED = [
  { to: "aws_s3_bucket.source_bucket", id: `photo-uploads-${ACCOUNT_ID}-prod` },
  { to: "aws_s3_bucket.processed_bucket", id: `photo-processed-${ACCOUNT_ID}-prod` },
  { to: "aws_dynamodb_table.metadata_table", id: "image-metadata-prod" },
  { to: "aws_cloudwatch_log_group.image_processor", id: "/aws/lambda/image-processor-prod" },
];

describe("IMPORT_FROM_CDK", () => {
  test("imports the four resources that the reference CDK stack retains", () => {
    expect(synthesizedStack(ENVIRONMENT).json.import).toEqual(RETAINED);
  });

  test("imports each under the name that the resource keeps, so that nothing is replaced", () => {
    const stack = synthesizedStack(ENVIRONMENT);
    for (const { to, id } of RETAINED) {
      const { values } = stack.elements.find(({ address }) => address === to) ?? { values: {} as JsonObject };
      expect(values.bucket ?? values.name).toBe(id);
    }
  });

  test("leaves the protection of data as it is", () => {
    const { json } = synthesizedStack(ENVIRONMENT);
    expect(json.resource).toEqual(synthesizedStack({ ENVIRONMENT_SUFFIX: "prod" }).json.resource);
  });

  test("refuses credentials of another account", () => {
    expect(synthesizedStack(ENVIRONMENT).json.provider).toMatchObject({ aws: [{ allowed_account_ids: [ACCOUNT_ID] }] });
  });

  test("imports nothing and lets every account in when it is not set", () => {
    const { json } = synthesizedStack();
    expect(json).not.toHaveProperty("import");
    expect(JSON.stringify(json.provider)).not.toContain("allowed_account_ids");
  });
});

interface PlannedResource {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly importing?: { readonly id: string } };
}

const { OFFLINE_TERRAFORM } = process.env;
const describeIfGiven = OFFLINE_TERRAFORM && motoCommand ? describe : describe.skip;

/** The real provider over an emulator. `OFFLINE_TERRAFORM` takes `--aws-endpoint=URL` beside Terraform's own arguments. */
describeIfGiven("a plan (set OFFLINE_TERRAFORM and MOTO_SERVER to their paths to run)", () => {
  const directory = temporaryDirectory();
  let moto: MotoServer;

  beforeAll(async () => {
    moto = await startMoto();
    await makeRetainedResources(moto.endpoint, "prod");
  }, 70_000);

  afterAll(() => moto.stop());

  function plan(): readonly PlannedResource[] {
    // The provider that the emulator is tried with knows no newer runtime.
    const { path, json } = synthesize(directory, { ...ENVIRONMENT, LAMBDA_RUNTIME: "nodejs22.x" }, "first");
    writeFileSync(join(path, "cdk.tf.json"), JSON.stringify(json));
    const terraform = (...args: string[]) =>
      execFileSync(
        process.execPath,
        [OFFLINE_TERRAFORM ?? "", "--local-backend", `--aws-endpoint=${moto.endpoint}`, ...args],
        { cwd: path, stdio: "pipe", maxBuffer: 1 << 28 },
      ).toString();
    terraform("init", "-input=false");
    terraform("plan", "-input=false", "-out=plan.bin");
    return JSON.parse(terraform("show", "-json", "plan.bin")).resource_changes;
  }

  test("imports what the reference left, changes it in place, and destroys nothing", () => {
    const managed = plan().filter(({ address }) => !address.startsWith("data."));
    const imported = managed.filter(({ change }) => change.importing);
    expect(imported.map(({ address: to, change }) => ({ to, ...change.importing }))).toEqual(
      expect.arrayContaining(RETAINED),
    );
    expect(imported.map(({ change }) => change.actions)).toEqual(RETAINED.map(() => ["update"]));
    const others = managed.filter(({ change }) => !change.importing);
    expect(new Set(others.flatMap(({ change }) => change.actions))).toEqual(new Set(["create"]));
  }, 120_000);
});
