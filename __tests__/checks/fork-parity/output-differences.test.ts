import { outputDifferences, saysVersion } from "../../../checks/fork-parity/output-differences";

const STACK = {
  "//": { metadata: { backend: "local", version: "0.21.0" } },
  resource: { aws_s3_bucket: { source_bucket: { bucket: "photos", tags: ["a", "b"] } } },
  terraform: { required_providers: { aws: { source: "aws", version: "6.25.0" } } },
};
const bucketOf = (bucket: unknown) => ({ ...STACK, resource: { aws_s3_bucket: { source_bucket: bucket } } }) as never;

describe("outputDifferences", () => {
  test("finds none between equal documents, whatever the order of their keys", () => {
    const reordered = Object.fromEntries(Object.entries(STACK).reverse());
    expect(outputDifferences(STACK, reordered as never)).toEqual([]);
  });

  test("names every leaf that differs, is missing or is new", () => {
    expect(outputDifferences(STACK, bucketOf({ bucket: "other", tags: ["b"], force_destroy: false }))).toEqual([
      { path: "resource.aws_s3_bucket.source_bucket.bucket", before: "photos", after: "other" },
      { path: "resource.aws_s3_bucket.source_bucket.tags.0", before: "a", after: "b" },
      { path: "resource.aws_s3_bucket.source_bucket.tags.1", before: "b", after: undefined },
      { path: "resource.aws_s3_bucket.source_bucket.force_destroy", before: undefined, after: false },
    ]);
  });

  test("tells an object from a list, from null and from nothing", () => {
    expect(outputDifferences({ a: {} }, { a: [] })).toHaveLength(1);
    expect(outputDifferences({ a: {} }, { a: null })).toHaveLength(1);
    expect(outputDifferences({ a: null }, {})).toHaveLength(1);
    expect(outputDifferences({ a: {} }, {})).toHaveLength(1);
  });
});

describe("saysVersion", () => {
  test("lets versions and sources of providers differ, and the version of CDKTF", () => {
    const after = {
      ...STACK,
      "//": { metadata: { backend: "local", version: "0.24.0" } },
      terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "6.66.0" } } },
    };
    const differences = outputDifferences(STACK, after);
    expect(differences).toHaveLength(3);
    expect(differences.every(saysVersion)).toBe(true);
  });

  test.each([
    ["a resource", bucketOf({ bucket: "other", tags: ["a", "b"] })],
    ["a resource's version", bucketOf({ bucket: "photos", tags: ["a", "b"], version: "1" })],
    ["the backend", { ...STACK, terraform: { ...STACK.terraform, backend: { local: {} } } }],
    ["a provider more", { ...STACK, provider: { aws: [{ region: "us-east-1" }] } }],
  ])("lets no difference pass in %s", (_, after) => {
    expect(outputDifferences(STACK, after).some((difference) => !saysVersion(difference))).toBe(true);
  });
});
