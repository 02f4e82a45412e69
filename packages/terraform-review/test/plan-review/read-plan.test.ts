import fc from "fast-check";
import { readPlan } from "../../src/plan/read-plan";
import { UnusableInput } from "../../src/unusable-input";
import { planWith } from "../support/plan-with";

const PLAN = planWith([{ type: "aws_sqs_queue", actions: ["delete"], before: { name: "q" } }]);

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe("input that is no plan", () => {
  test.each<[string, Buffer, string]>([
    ["nothing", Buffer.alloc(0), "plan.json must be a plan as JSON, got nothing"],
    ["garbage", Buffer.from("Terraform will perform"), "plan.json must be a plan as JSON, got something else"],
    ["truncated JSON", PLAN.subarray(0, -20), "plan.json must be a plan as JSON, got truncated JSON"],
    ["damaged JSON", Buffer.from('{"a": }'), "plan.json must be a plan as JSON, got damaged JSON"],
    [
      "a binary plan",
      Buffer.from("PK\u0003\u0004"),
      "plan.json must be a plan as JSON, got a binary plan: convert it with terraform show -json",
    ],
    [
      "the log of a plan",
      Buffer.from('{"@level":"info"}\n{"@level":"info"}\n'),
      "plan.json must be a plan as JSON, got the log of terraform plan -json: use terraform show -json",
    ],
    ["a list", json([]), "plan.json must be a plan of Terraform, got other JSON"],
    [
      "other JSON",
      json({ name: "image-pipeline" }),
      "plan.json must be a plan of Terraform, got JSON without format_version",
    ],
    [
      "a shown state",
      json({ format_version: "1.0", values: { root_module: {} } }),
      "plan.json must be a plan of Terraform, got a state",
    ],
    [
      "a state file",
      json({ version: 4, serial: 1, lineage: "x" }),
      "plan.json must be a plan of Terraform, got a state",
    ],
    ["an empty state", json({ format_version: "1.0" }), "plan.json must be a plan of Terraform, got an empty state"],
    [
      "a plan of another format",
      json({ format_version: "2.0", resource_changes: [] }),
      'plan.json must be a plan of format_version 1.x, got "2.0"',
    ],
    [
      "a plan of a number",
      json({ format_version: 1, resource_changes: [] }),
      "plan.json must be a plan of format_version 1.x, got 1",
    ],
    [
      "changes of another shape",
      json({ format_version: "1.2", resource_changes: [{ address: 7 }] }),
      "plan.json must be a plan of Terraform, got 7 at resource_changes.0.address",
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readPlan(bytes, "plan.json")).toThrow(new UnusableInput(message));
  });

  test("any bytes are a plan or refused in one sentence", () => {
    const cut = fc.nat(PLAN.length).map((length) => PLAN.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), cut, fc.json().map(Buffer.from)), (bytes) => {
        try {
          readPlan(bytes, "plan.json");
        } catch (error) {
          expect(error).toBeInstanceOf(UnusableInput);
          expect((error as Error).message).toMatch(/^plan\.json must be a plan [^\n]*, got [^\n]*$/);
        }
      }),
    );
  });
});

test.each([
  ["a byte order mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), PLAN])],
  [
    "UTF-16, as PowerShell redirects",
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(PLAN.toString(), "utf16le")]),
  ],
  [
    "fields of later versions",
    json({ ...JSON.parse(PLAN.toString()), format_version: "1.99", action_invocations: [{}] }),
  ],
])("a plan with %s is read", (_, bytes) => {
  expect(readPlan(bytes, "plan.json").resource_changes).toHaveLength(1);
});

test("a name that is written with escapes is the same name", () => {
  const escaped = PLAN.toString().replace('"resource_changes"', '"resource\\u005fchanges"');
  expect(escaped).toContain("resource\\u005fchanges");
  expect(readPlan(Buffer.from(escaped), "plan.json").resource_changes).toHaveLength(1);
});

test("a plan without resources is read", () => {
  expect(readPlan(json({ format_version: "1.2", planned_values: {} }), "plan.json")).toEqual({});
});
