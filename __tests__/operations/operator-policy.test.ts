import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The IAM actions behind the requests whose name is not the action's. */
const OTHER_ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: "s3:GetObject",
  ListObjectsV2: "s3:ListBucket",
  ListObjectVersions: "s3:ListBucketVersions",
  Invoke: "lambda:InvokeFunction",
};
const SERVICES: Readonly<Record<string, string>> = { s3: "s3", dynamodb: "dynamodb", lambda: "lambda", sqs: "sqs" };
/** Of the record store that the operations share with the functions. */
const RECORD_STORE_ACTIONS = ["dynamodb:GetItem", "dynamodb:UpdateItem"];
/** In words beside the policy: it takes the place of the invocation. */
const QUEUE_MODE_ACTION = "sqs:SendMessage";

function requestedActions(): readonly string[] {
  const actions = new Set(RECORD_STORE_ACTIONS);
  for (const file of readdirSync("operations").filter((name) => name.endsWith(".ts"))) {
    const source = readFileSync(join("operations", file), "utf8");
    for (const [, names = "", client = ""] of source.matchAll(/import \{([^}]+)\} from "@aws-sdk\/client-(\w+)"/g))
      for (const [, command, paginated] of names.matchAll(/(\w+)Command\b|paginate(\w+)/g)) {
        const request = command ?? paginated ?? "";
        actions.add(OTHER_ACTIONS[request] ?? `${SERVICES[client]}:${request}`);
      }
  }
  return [...actions].sort();
}

test("the documented policy of an operator allows what the operations ask for, and nothing else", () => {
  const guide = readFileSync("docs/operations.md", "utf8");
  const [, json = "{}"] = /```json\n([^`]+)```/.exec(guide) ?? [];
  const policy = JSON.parse(json) as { readonly Statement: readonly { readonly Action: readonly string[] }[] };
  const allowed = policy.Statement.flatMap(({ Action }) => Action);
  expect([...allowed, QUEUE_MODE_ACTION].sort()).toEqual(requestedActions());
});
