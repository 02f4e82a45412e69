import { tmpdir } from "node:os";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { Construct } from "constructs";
import { synthesizedStack } from "../support/synthesized-stack";

const TERRAFORM_CLOUD = {
  ENVIRONMENT_SUFFIX: "prod",
  AWS_REGION: "eu-central-1",
  TF_CLOUD_ORGANIZATION: "acme",
  TF_CLOUD_PROJECT: "photos",
  UPLOAD_ORIGINS: "https://photos.example.com",
  ALARM_EMAIL: "on-call@example.com",
  SOURCE_VERSIONING: "true",
  LAMBDA_ARCHITECTURE: "arm64",
};

describe("ImagePipelineStack", () => {
  test("synthesizes a development environment with a local backend", () => {
    expect(synthesizedStack().json).toMatchSnapshot();
  });

  test.each([
    ["a production environment in Terraform Cloud", TERRAFORM_CLOUD],
    ["an environment whose uploads wait in a queue", { ENVIRONMENT_SUFFIX: "burst", UPLOAD_TRIGGER: "queue" }],
  ])("keeps the Terraform addresses of %s", (_, environment) => {
    expect(
      synthesizedStack(environment)
        .elements.map(({ address }) => address)
        .sort(),
    ).toMatchSnapshot();
  });

  test("names another region and another environment wherever it names one", () => {
    const text = JSON.stringify(synthesizedStack(TERRAFORM_CLOUD).json);
    expect(text).toContain("eu-central-1");
    expect(text).not.toContain("us-east-1");
    expect(text).not.toMatch(/\bdev\b/);
  });

  test("gives every element an address of its own", () => {
    const { elements } = synthesizedStack(TERRAFORM_CLOUD);
    expect(new Set(elements.map((element) => element.address)).size).toBe(elements.length);
  });

  test("refuses two constructs that would have one address", () => {
    // A stack of its own, because this one is broken.
    const { stack } = synthesizedStack({ ENVIRONMENT_SUFFIX: "broken" });
    const twin = new S3Bucket(new Construct(stack, "source_bucket"), "bucket", { bucket: "x" });
    expect(() => twin.friendlyUniqueId).toThrow(
      "image-pipeline-broken/source_bucket/bucket must have a Terraform address of its own, got that of image-pipeline-broken/source-bucket/bucket",
    );
  });

  test("mentions no path of the machine", () => {
    const text = JSON.stringify(synthesizedStack().json);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain(tmpdir());
    expect(text).not.toMatch(/"\/(?!aws\/lambda\/)/);
  });

  test("keeps the state beside the project, where cleaning cdktf.out does not reach it", () => {
    expect(synthesizedStack().json.terraform).toMatchObject({
      backend: { local: { path: "../../../terraform.image-pipeline-dev.tfstate" } },
    });
  });

  test("keeps the state in a workspace per environment in Terraform Cloud", () => {
    const { terraform } = synthesizedStack({ ...TERRAFORM_CLOUD, TF_CLOUD_HOSTNAME: "terraform.acme.example" }).json;
    expect(terraform).toMatchObject({
      cloud: {
        organization: "acme",
        hostname: "terraform.acme.example",
        workspaces: { name: "image-pipeline-prod", project: "photos" },
      },
    });
    expect(terraform).not.toHaveProperty("backend");
  });
});
