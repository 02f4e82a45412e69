import fc from "fast-check";
import { describePolicyChange } from "../../src/plan/policy/describe-policy";
import { matches, policyStatements } from "../../src/plan/policy/policy-statement";
import { transportRule } from "../../src/plan/policy/public-access";
import { textOf } from "../../src/render/text";

const names = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });

const statement = fc.record({
  Sid: fc.constantFrom("One", "Two", "Three"),
  Effect: fc.constantFrom("Allow", "Deny"),
  Action: names("s3:GetObject", "s3:PutObject", "s3:*", "sqs:SendMessage"),
  Resource: names("arn:aws:s3:::photos", "arn:aws:s3:::photos/*", "*"),
  Principal: fc.constantFrom("*", { AWS: "*" }, { Service: "s3.amazonaws.com" }),
  Condition: fc.constantFrom({}, { StringEquals: { "aws:SourceAccount": ["1", "2"], "aws:PrincipalOrgID": "o-1" } }),
});

type Written = typeof statement extends fc.Arbitrary<infer T> ? T : never;

/** The same policy in other words. */
function rewrite(statements: readonly Written[], seed: number): object[] {
  const turn = <T>(values: readonly T[]) => (seed % 2 === 0 ? [...values].reverse() : [...values]);
  return turn(statements).map(({ Sid, Action, Resource, Principal, Condition, Effect }) => {
    const [only, ...others] = Action;
    return {
      Condition: Object.fromEntries(
        Object.entries(Condition).map(([key, value]) => [key, Object.fromEntries(turn(Object.entries(value)))]),
      ),
      Action: others.length === 0 && only ? only.toUpperCase() : turn(Action),
      Resource: Resource.length === 1 ? Resource[0] : turn(Resource),
      Principal: Principal === "*" ? { AWS: ["*"] } : Principal,
      Effect,
      ...(seed % 3 === 0 ? {} : { Sid }),
    };
  });
}

const parsed = (statements: readonly object[]) => policyStatements(JSON.stringify({ Statement: statements })) ?? [];
const change = (before: readonly object[], after: readonly object[]) =>
  describePolicyChange(parsed(before), parsed(after)).map(textOf);

describe("difference of policies", () => {
  test("is none between two ways of writing", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), fc.nat(), (statements, seed) => {
        expect(change(statements, rewrite(statements, seed))).toEqual([]);
      }),
    );
  });

  test("is something wherever an action comes or goes", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), statement, (statements, other) => {
        const more = [...statements, { ...other, Action: ["dynamodb:Scan"] }];
        expect(change(statements, more)).not.toEqual([]);
        expect(change(more, statements)).not.toEqual([]);
      }),
    );
  });

  test("is none when one statement becomes two", () => {
    const both = { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "*" };
    expect(
      change(
        [both],
        [
          { ...both, Action: "s3:PutObject" },
          { ...both, Action: "s3:GetObject" },
        ],
      ),
    ).toEqual([]);
  });

  test.each([
    ["s3:Get*", "s3:GetObject", true],
    ["*", "anything", true],
    ["s3:Get?", "s3:Get", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-b-b-d", false],
    ["a", "ab", false],
  ])("%s covers %s: %j", (pattern, text, covers) => {
    expect(matches(pattern, text)).toBe(covers);
  });
});

describe("rule that requests come over TLS", () => {
  const rule = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: ["a", "a/*"],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };

  test.each<[string, object[]]>([
    ["kept", [{ ...rule, Sid: "Other", Principal: { AWS: "*" } }]],
    ["kept", [{ ...rule, Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": false } } }]],
    [
      "conditioned",
      [{ ...rule, Condition: { Bool: { ...rule.Condition.Bool, "aws:PrincipalIsAWSService": "false" } } }],
    ],
    ["narrowed", [{ ...rule, Principal: { AWS: "arn:aws:iam::123456789012:root" } }]],
    ["narrowed", [{ ...rule, Action: "s3:GetObject" }]],
    ["lost", [{ ...rule, Effect: "Allow" }]],
    ["lost", []],
  ])("%s", (expected, after) => {
    expect(transportRule(parsed([rule]), parsed(after))).toBe(expected);
  });
});
