import fc from "fast-check";
import { checkConfiguration } from "../../src/configuration/check-configuration";
import { readRules } from "../../src/configuration/rules";
import { textOf } from "../../src/render/text";

const RULES = readRules(
  JSON.stringify({
    terraform: { backend: { local: { path: "state" } } },
    providers: {
      aws: {
        source: "hashicorp/aws",
        versions: ["6.25.0"],
        arguments: ["default_tags"],
        fixed: { region: "us-east-1" },
      },
    },
    dataSources: { aws_partition: {}, archive_file: { type: "zip", source_dir: "assets/\\w+" } },
  }),
  "rules",
);

const CONFIGURATION = {
  terraform: {
    backend: { local: { path: "state" } },
    required_providers: { aws: { source: "aws", version: "6.25.0" } },
    required_version: ">= 1.5",
  },
  provider: { aws: [{ region: "us-east-1", default_tags: [{ tags: { A: "b" } }] }] },
  data: { aws_partition: { current: {} }, archive_file: { zip: { type: "zip", source_dir: "assets/a" } } },
  resource: {
    aws_s3_bucket: { photos: { bucket: `p-\${data.aws_partition.current.partition}`, tags: { Price: `$\${5}` } } },
  },
  moved: [{ from: "aws_s3_bucket.old", to: "aws_s3_bucket.photos" }],
};

const refusalsOfText = (text: string) => checkConfiguration(text, RULES).map(textOf);
const refusalsOf = (change: object) => refusalsOfText(JSON.stringify({ ...CONFIGURATION, ...change }, null, 2));
const { terraform, provider, data, resource } = CONFIGURATION;

test("a configuration that the rules name in full passes", () => {
  expect(refusalsOf({})).toEqual([]);
});

test.each<readonly [string, object, string]>([
  ["a module", { module: { a: { source: "x" } } }, "module: this section is not allowed"],
  ["an action", { action: {} }, "action: this section"],
  ["an ephemeral value", { ephemeral: {} }, "ephemeral: this section"],
  ["a check with a data source of its own", { check: {} }, "check: this section"],
  ["another backend", { terraform: { ...terraform, backend: { http: {} } } }, "terraform: must be"],
  ["OpenTofu's encryption", { terraform: { ...terraform, encryption: {} } }, "terraform: must be"],
  ["two blocks of terraform", { terraform: [terraform, { backend: { http: {} } }] }, "more than once"],
  [
    "another provider",
    { terraform: { ...terraform, required_providers: { ...terraform.required_providers, null: {} } } },
    "the provider null is not allowed",
  ],
  [
    "another source",
    { terraform: { ...terraform, required_providers: { aws: { source: "evil/aws", version: "6.25.0" } } } },
    "must be hashicorp/aws 6.25.0",
  ],
  [
    "another version",
    { terraform: { ...terraform, required_providers: { aws: { source: "aws", version: "~> 6.25" } } } },
    "must be hashicorp/aws 6.25.0",
  ],
  ["no version", { terraform: { backend: terraform.backend } }, "aws has no version"],
  ["another region", { provider: { aws: [{ region: "eu-west-1" }] } }, "region must be"],
  ["no region", { provider: { aws: [{}] } }, "region must be"],
  ["a role", { provider: { aws: [{ region: "us-east-1", assume_role: [{}] }] } }, "assume_role is not allowed"],
  ["endpoints", { provider: { aws: [{ region: "us-east-1", endpoints: [{}] }] } }, "endpoints is not allowed"],
  ["a second provider of AWS", { provider: { aws: [provider.aws[0], { alias: "x" }] } }, "must stand once, got 2"],
  ["a provider in a second block", { provider: [provider, { http: {} }] }, "provider http is not allowed"],
  [
    "a data source of AWS",
    { data: { aws_ssm_parameter: { a: { name: "x" } } } },
    "data.aws_ssm_parameter.a: this data",
  ],
  ["an external program", { data: { external: { a: { program: ["sh"] } } } }, "data.external.a: this data"],
  ["a data source in a list", { data: [data, { http: { a: { url: "https://x" } } }] }, "data.http.a: this data"],
  ["a file outside the stack", { data: { archive_file: { a: { source_dir: "/root" } } } }, 'source_dir "/root"'],
  ["another argument", { data: { archive_file: { a: { source_file: "x" } } } }, "source_file"],
  ["a resource of another provider", { resource: { null_resource: { a: {} } } }, "the provider null"],
  ["Terraform's own resource", { resource: { terraform_data: { a: {} } } }, "the provider terraform"],
  ["a provider of its own", { resource: { aws_x: { a: { provider: "null" } } } }, "the provider null"],
  [
    "a provisioner",
    { resource: { aws_x: { a: { provisioner: { "local-exec": {} } } } } },
    "provisioner is not allowed",
  ],
  ["a provisioner in a list", { resource: { aws_x: { a: [{}, { provisioner: [] }] } } }, "provisioner is not allowed"],
  ["a provisioner of what is removed", { removed: [{ from: "a.b", provisioner: {} }] }, "provisioner is not allowed"],
  ["a file", { output: { a: { value: `\${file("/proc/self/environ")}` } } }, "is not a plain reference"],
  ["a file behind a comment", { output: { a: { value: `\${file/**/(a)}` } } }, "is not a plain reference"],
  ["a function in a name", { resource: { aws_x: { a: { tags: { "${file(a)}": "" } } } } }, "is not a plain reference"],
  ["a directive", { output: { a: { value: "%{ if true }a%{ endif }" } } }, "is not a plain reference"],
  ["a mark too many", { output: { a: { value: `$$\${file(a)}` } } }, "is not a plain reference"],
])("refuses %s", (_, change, refusal) => {
  expect(refusalsOf(change).join("\n")).toContain(refusal);
});

test("a member that stands twice is refused, because Terraform reads both", () => {
  const [start = "", end = ""] = JSON.stringify(CONFIGURATION).split('"data":');
  const text = `${start}"data":{"external":{"a":{}}},"data":${end}`;
  expect(refusalsOfText(text).join()).toContain("stands twice");
});

test("whatever section or argument of a provider is not named is refused", () => {
  const known = ["//", "data", "import", "moved", "output", "provider", "removed", "resource", "terraform"];
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const added = JSON.parse(`{${JSON.stringify(name)}:{}}`);
      if (!known.includes(name)) expect(refusalsOf(added)).not.toEqual([]);
      if (!["region", "default_tags"].includes(name))
        expect(refusalsOf({ provider: { aws: [{ region: "us-east-1", ...added }] } })).not.toEqual([]);
    }),
  );
});

test("a resource's attributes are left to the review of the plan", () => {
  expect(refusalsOf({ resource: { ...resource, aws_lambda_function: { a: { filename: "b.zip" } } } })).toEqual([]);
});
