import { compareOutputs, endangersData, type SynthDiff } from "../../src/synth/compare-outputs";
import { synthesizedOutput, type WrittenElements, writtenStack } from "../support/synthesized-output";
import { temporaryDirectory } from "../support/temporary-directory";

const directory = temporaryDirectory();
type Rest = Readonly<Record<string, unknown>>;

function diffOf(base: WrittenElements, head: WrittenElements, restOfBase: Rest = {}, restOfHead: Rest = restOfBase) {
  return compareOutputs(
    synthesizedOutput(directory, "base", writtenStack(base, restOfBase)),
    synthesizedOutput(directory, "head", writtenStack(head, restOfHead)),
  );
}

const told = ({ changes }: SynthDiff) =>
  changes.map(({ kind, element, previous }) => [kind, element.address, ...(previous ? [previous.address] : [])]);
const reference = (to: string) => `$${"{"}${to}}`;

/** A bucket, and what belongs to it: with nothing to tell it from that of another bucket but the reference. */
const bucket = (construct: string, name: string): WrittenElements => {
  const id = construct.replaceAll("-", "_");
  const own = { bucket: reference(`aws_s3_bucket.${id}.bucket`) };
  return {
    [`aws_s3_bucket.${id}`]: [`${construct}/bucket`, { bucket: name, lifecycle: { prevent_destroy: true } }],
    [`aws_s3_bucket_public_access_block.${id}`]: [
      `${construct}/public-access-block`,
      { ...own, block_public_acls: true },
    ],
    [`aws_s3_bucket_policy.${id}`]: [
      `${construct}/policy`,
      {
        ...own,
        policy: JSON.stringify({ Statement: [{ Sid: "Tls", Resource: own.bucket }] }),
        depends_on: [`aws_s3_bucket_public_access_block.${id}`],
      },
    ],
  };
};
const table: WrittenElements = {
  "aws_dynamodb_table.records": ["records/table", { name: "records", hash_key: "id", billing_mode: "PAY_PER_REQUEST" }],
};
const role: WrittenElements = {
  "aws_iam_role.worker": ["worker/role", { name: "worker", description: "works" }],
};

describe("compareOutputs", () => {
  test("finds nothing where nothing differs, whatever the order", () => {
    const diff = diffOf({ ...table, ...role }, { ...role, ...table });
    expect(diff).toMatchObject({ changes: [], code: [], followers: [], rewritten: [] });
    expect(endangersData(diff)).toBe(false);
  });

  test("tells attributes that changed, with JSON in text by what it says", () => {
    const policy = (actions: readonly string[], text = JSON.stringify) =>
      text({
        Version: "2012-10-17",
        Statement: [
          { Sid: "Logs", Action: actions },
          { Sid: "Read", Action: ["s3:GetObject"] },
        ],
      });
    const worker = (values: Rest): WrittenElements => ({
      "aws_iam_role_policy.worker": ["worker/role/policy", values],
    });
    const diff = diffOf(
      worker({ name: "p", policy: policy(["logs:Put"]) }),
      worker({ name: "p", policy: policy(["logs:Put", "logs:Create"]) }),
    );
    expect(diff.changes).toEqual([
      expect.objectContaining({
        kind: "update",
        differences: [
          expect.objectContaining({
            path: ["policy", "Statement", "Logs", "Action"],
            before: ["logs:Put"],
            after: ["logs:Put", "logs:Create"],
          }),
        ],
      }),
    ]);
    const spread = (value: unknown) => JSON.stringify(value, null, 2);
    const rewritten = diffOf(worker({ policy: policy(["a:b"]) }), worker({ policy: policy(["a:b"], spread) }));
    expect(rewritten.changes).toEqual([]);
    expect(rewritten.rewritten.map(({ address }) => address)).toEqual(["aws_iam_role_policy.worker"]);
  });

  test("tells what is added and what is removed, and whether data goes with it", () => {
    const diff = diffOf({ ...table, ...role }, { "aws_sns_topic.alarms": ["alarms/topic", { name: "alarms" }] });
    expect(told(diff)).toEqual([
      ["removal", "aws_dynamodb_table.records"],
      ["removal", "aws_iam_role.worker"],
      ["addition", "aws_sns_topic.alarms"],
    ]);
    expect(diff.changes.map(({ holding }) => holding)).toEqual(["every item", undefined, undefined]);
    expect(endangersData(diff)).toBe(true);
    expect(endangersData(diffOf(role, {}))).toBe(false);
    expect(endangersData(diffOf({}, table))).toBe(false);
  });

  test("knows what stays in AWS when Terraform lets it go", () => {
    const logs = (values: Rest): WrittenElements => ({ "aws_cloudwatch_log_group.logs": ["logs/log-group", values] });
    expect(endangersData(diffOf(logs({ name: "logs", skip_destroy: true }), {}))).toBe(false);
    expect(endangersData(diffOf(logs({ name: "logs" }), {}))).toBe(true);
    const removed = [{ from: "aws_dynamodb_table.records", lifecycle: { destroy: false } }];
    expect(endangersData(diffOf(table, {}, {}, { removed }))).toBe(false);
  });

  test("treats a stack that is gone as the removal of all it holds", () => {
    const base = synthesizedOutput(directory, "base", writtenStack(table));
    const other = { ...synthesizedOutput(directory, "head", writtenStack(table)) };
    const head = { ...other, elements: other.elements.map((element) => ({ ...element, stack: "renamed" })) };
    const diff = compareOutputs(base, head);
    expect(told(diff)).toContainEqual(["removal", "aws_dynamodb_table.records"]);
    expect(endangersData(diff)).toBe(true);
  });

  test("tells outputs, providers, backend and version apart from resources", () => {
    const rest = (region: string, path: string, version: string) => ({
      output: { Region: { value: region } },
      provider: { aws: [{ region }, { alias: "second", region: "eu-west-1" }] },
      terraform: { backend: { local: { path } }, required_providers: { aws: { source: "aws", version: "6.25.0" } } },
      "//": { metadata: { version } },
    });
    const diff = diffOf(role, role, rest("us-east-1", "a", "0.21.0"), rest("us-west-2", "b", "0.22.0"));
    expect(told(diff).sort()).toEqual([
      ["update", "cdktf"],
      ["update", "output.Region"],
      ["update", "provider.aws"],
      ["update", "terraform.backend"],
    ]);
  });
});

describe("a renamed construct", () => {
  test("is a hidden replacement of everything in it, and others that name it only follow", () => {
    const user = (id: string): WrittenElements => ({
      "aws_lambda_function.worker": [
        "worker/function",
        { environment: { BUCKET: reference(`aws_s3_bucket.${id}.id`) } },
      ],
    });
    const diff = diffOf(
      { ...bucket("photos", "photos"), ...user("photos") },
      { ...bucket("images", "photos"), ...user("images") },
    );
    expect(told(diff).sort()).toEqual([
      ["replacement", "aws_s3_bucket.images", "aws_s3_bucket.photos"],
      ["replacement", "aws_s3_bucket_policy.images", "aws_s3_bucket_policy.photos"],
      ["replacement", "aws_s3_bucket_public_access_block.images", "aws_s3_bucket_public_access_block.photos"],
    ]);
    expect(diff.changes.flatMap(({ differences }) => differences)).toEqual([]);
    expect(diff.followers.map(({ address }) => address)).toEqual(["aws_lambda_function.worker"]);
    expect(endangersData(diff)).toBe(true);
  });

  test("is told from another that is renamed too, by what its parts refer to", () => {
    const diff = diffOf(
      { ...bucket("one", "first"), ...bucket("two", "second") },
      { ...bucket("beta", "second"), ...bucket("alpha", "first") },
    );
    const partners = new Map(told(diff).map(([, to, from]) => [from, to]));
    for (const type of ["aws_s3_bucket", "aws_s3_bucket_policy", "aws_s3_bucket_public_access_block"]) {
      expect(partners.get(`${type}.one`)).toBe(`${type}.alpha`);
      expect(partners.get(`${type}.two`)).toBe(`${type}.beta`);
    }
  });

  test("is recognized when a little of it changes as well", () => {
    const queue = (id: string, seconds: number): WrittenElements => ({
      [`aws_sqs_queue.${id}`]: [`${id}/queue`, { name: "dlq", message_retention_seconds: seconds }],
    });
    expect(diffOf(queue("one", 60), queue("two", 90)).changes).toEqual([
      expect.objectContaining({
        kind: "replacement",
        endangers: true,
        differences: [expect.objectContaining({ path: ["message_retention_seconds"], before: 60, after: 90 })],
      }),
    ]);
  });

  test("is not seen in two things of one type that have little in common", () => {
    const alarm = (id: string, values: Rest): WrittenElements => ({
      [`aws_cloudwatch_metric_alarm.${id}`]: [id, values],
    });
    const diff = diffOf(
      alarm("errors", { alarm_name: "errors", metric_name: "Errors", threshold: 10, period: 300 }),
      alarm("age", { alarm_name: "age", metric_name: "Age", threshold: 5, period: 300 }),
    );
    expect(told(diff).map(([kind]) => kind)).toEqual(["removal", "addition"]);
  });

  test("is harmless once a moved block says so", () => {
    const base = bucket("photos", "photos");
    const moved = Object.keys(base).map((from) => ({ from, to: from.replace("photos", "images") }));
    const diff = diffOf(base, bucket("images", "photos"), {}, { moved });
    const kinds = diff.changes.filter(({ element }) => element.section === "resource").map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["move"]));
    expect(endangersData(diff)).toBe(false);
  });

  test("is not saved by a moved block where its name changes too", () => {
    const moved = [{ from: "aws_s3_bucket.photos", to: "aws_s3_bucket.images" }];
    const [base, head] = [bucket("photos", "photos"), bucket("images", "images")];
    expect(diffOf(base, head, {}, { moved }).changes).toContainEqual(
      expect.objectContaining({ kind: "replacement", replacedFor: "bucket", endangers: true }),
    );
  });
});

describe("the name of a store", () => {
  test.each([
    ["aws_dynamodb_table.records", { name: "other" }, "name"],
    ["aws_dynamodb_table.records", { hash_key: "other" }, "hash_key"],
  ])("of %s changed to %j is a replacement", (address, values, replacedFor) => {
    const [path = "", before = {}] = table[address] ?? [];
    expect(diffOf(table, { [address]: [String(path), { ...before, ...values }] }).changes).toEqual([
      expect.objectContaining({ kind: "replacement", previous: undefined, replacedFor, endangers: true }),
    ]);
  });

  test("may change where nothing is held", () => {
    const [path = "", before = {}] = role["aws_iam_role.worker"] ?? [];
    const diff = diffOf(role, { "aws_iam_role.worker": [String(path), { ...before, name: "other" }] });
    expect(diff.changes).toEqual([expect.objectContaining({ kind: "update", endangers: false })]);
  });
});

describe("code", () => {
  const HASHES = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"] as const;
  const packed = (hash: string, folder = "worker"): WrittenElements => ({
    "data.archive_file.worker": ["worker/package/file", { type: "zip", source_dir: `assets/${folder}/${hash}` }],
  });

  test("shows as a change of code, with the files that differ", () => {
    const files = (hash: string, content: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(content).map(([path, text]) => [`assets/worker/${hash}/${path}`, text]));
    const base = { "index.js": "one", "same.js": "same", "lib/old.js": "old" };
    const head = { "index.js": "three", "same.js": "same", "new.js": "new" };
    const diff = compareOutputs(
      synthesizedOutput(directory, "base", writtenStack(packed(HASHES[0])), files(HASHES[0], base)),
      synthesizedOutput(directory, "head", writtenStack(packed(HASHES[1])), files(HASHES[1], head)),
    );
    expect(diff.changes).toEqual([]);
    expect(diff.code).toMatchObject([
      {
        asset: "worker",
        files: [
          { path: "index.js", bytesBefore: 3, bytesAfter: 5 },
          { path: "lib/old.js", bytesBefore: 3, bytesAfter: undefined },
          { path: "new.js", bytesBefore: undefined, bytesAfter: 3 },
        ],
      },
    ]);
    expect(endangersData(diff)).toBe(false);
  });

  test("of the same content under another name is no change", () => {
    expect(diffOf(packed(HASHES[0]), packed(HASHES[0], "other"))).toMatchObject({ changes: [], code: [] });
  });
});

test("hundreds of renamed resources are paired in a moment", () => {
  const many = (prefix: string): WrittenElements =>
    Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [
        `aws_sqs_queue.${prefix}_${index}`,
        [`${prefix}-${index}/queue`, { name: `queue-${index}`, delay_seconds: 1 }],
      ]),
    );
  const diff = diffOf(many("old"), many("new"));
  expect(told(diff).every(([, to, from]) => to?.split("_").at(-1) === from?.split("_").at(-1))).toBe(true);
  expect(diff.changes).toHaveLength(400);
});
