import { readFileSync } from "node:fs";
import { resourceNames } from "../contract/names";
import { ACCOUNT_ID, synthesizedStack } from "./support/synthesized-stack";

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

const guide = readFileSync("docs/deploy.md", "utf8");
const statements = [...guide.matchAll(/^```json\n(.*?)^```/gms)].flatMap(
  ([, policy = ""]): Statement[] => JSON.parse(policy).Statement,
);
const actions = statements.flatMap(({ Action }) => Action);
const resources = statements.flatMap(({ Resource = [] }) => Resource);

/** Whether a resource of the policies, filled in for `dev`, covers a name. */
function isCovered(service: string, name: string): boolean {
  const patterns = resources
    .filter((resource) => resource.startsWith(`arn:aws:${service}:`))
    .map((resource) =>
      resource
        .replaceAll("ACCOUNT", ACCOUNT_ID)
        .replace("SUFFIX", "dev")
        .replace(/^.*[:/]/, ""),
    );
  return patterns.some((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name));
}

describe("the policies of the deployment guide", () => {
  test("know every service that the stack has resources of", () => {
    const services: Readonly<Record<string, string>> = { cloudwatch_log: "logs", cloudwatch: "cloudwatch" };
    for (const { type } of synthesizedStack({ ALARM_EMAIL: "oncall@example.com" }).elements) {
      if (type.startsWith("data.")) continue;
      const family = Object.keys(services).find((prefix) => type.startsWith(`aws_${prefix}`)) ?? "";
      const service = services[family] ?? type.split("_")[1];
      expect(actions.filter((action) => action.startsWith(`${service}:`))).not.toEqual([]);
    }
  });

  test("cover the names that the stack gives", () => {
    const names = resourceNames("dev");
    expect(isCovered("s3", names.sourceBucket(ACCOUNT_ID))).toBe(true);
    expect(isCovered("s3", names.processedBucket(ACCOUNT_ID))).toBe(true);
    expect(isCovered("s3", names.accessLogBucket(ACCOUNT_ID))).toBe(true);
    expect(isCovered("dynamodb", names.metadataTable)).toBe(true);
    expect(isCovered("lambda", names.imageProcessor)).toBe(true);
    expect(isCovered("iam", names.failureRecorder)).toBe(true);
    expect(isCovered("sqs", names.deadLetterQueue)).toBe(true);
    expect(isCovered("sqs", names.uploadQueue)).toBe(true);
    expect(isCovered("sqs", names.failedQueue)).toBe(true);
    expect(isCovered("sns", names.alarmTopic)).toBe(true);
    expect(isCovered("cloudwatch", names.dashboard)).toBe(true);
    expect(isCovered("s3", "photo-uploads-999999999999-dev")).toBe(false);
  });

  test("neither read data nor destroy what holds it", () => {
    expect(
      actions.filter((action) =>
        /:\*$|Object|Item|Message|Scan|:Query$|DeleteBucket$|DeleteTable|DeleteQueue/.test(action),
      ),
    ).toEqual([]);
    expect(actions).not.toContain("logs:DeleteLogGroup");
  });
});
