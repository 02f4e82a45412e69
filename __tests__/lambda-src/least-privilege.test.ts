import type { S3Event } from "aws-lambda";
import type { WatchedPipeline } from "../../checks/faults/watched-pipeline";
import { plain } from "../../checks/images/pictures";
import type { Fault } from "../../local/faults/fault";
import type { WireCall } from "../../local/faults/wire-call";
import { ACCOUNT, SOURCE_BUCKET } from "../../local/local-account";
import { keepEvents, photo, said, settled, upload, withPipeline } from "../support/fault-scenario";
import { ACCOUNT_ID, synthesizedStack } from "../support/synthesized-stack";

jest.setTimeout(90_000);

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: string;
}

/** What a call needs, in IAM's words. */
interface Permission {
  readonly action: string;
  readonly resource: string;
}

const policyOf = (id: string, environment: Readonly<Record<string, string>> = {}): readonly Statement[] =>
  JSON.parse(
    String(synthesizedStack({ ENVIRONMENT_SUFFIX: "local", ...environment }).at(`${id}/role/policy`).values.policy),
  ).Statement;

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
function permissionFor({ service, operation, resource, key, versionId }: WireCall): Permission {
  if (service === "dynamodb")
    return {
      action: `dynamodb:${operation}`,
      resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT_ID}:table/${resource}`,
    };
  const bucket = resource.replace(ACCOUNT, ACCOUNT_ID);
  return { action: `s3:${operation}${versionId ? "Version" : ""}`, resource: `arn:aws:s3:::${bucket}/${key}` };
}

/** Actions are compared as they are: a wildcard there allows nothing. In a resource, `*` stands at the end alone. */
const allows = ({ Effect, Action, Resource }: Statement, { action, resource }: Permission): boolean =>
  Effect === "Allow" &&
  Action.includes(action) &&
  (Resource.endsWith("/*") ? resource.startsWith(Resource.slice(0, -1)) : resource === Resource);

const forbidden = (policy: readonly Statement[], calls: readonly WireCall[]): readonly Permission[] =>
  calls.map(permissionFor).filter((permission) => !policy.some((statement) => allows(statement, permission)));

/** What no call needs, as `Sid action`. */
const unused = (policy: readonly Statement[], calls: readonly WireCall[]): readonly string[] =>
  policy.flatMap((statement) =>
    statement.Action.filter(
      (action) => !calls.map(permissionFor).some((call) => call.action === action && allows(statement, call)),
    ).map((action) => `${statement.Sid} ${action}`),
  );

const USED_FOR_EITHER_FUNCTION: Readonly<Record<string, string>> = {
  "WriteOwnLogs logs:CreateLogStream": "Lambda sends what the function prints, with the function's role",
  "WriteOwnLogs logs:PutLogEvents": "Lambda sends what the function prints, with the function's role",
  "SendTraces xray:PutTraceSegments": "active tracing: Lambda's own daemon sends the traces",
  "SendTraces xray:PutTelemetryRecords": "active tracing: Lambda's own daemon sends the traces",
  "SendDeadLetters sqs:SendMessage": "Lambda sends the events that it gave up",
};
const USED_FOR_THE_PROCESSOR: Readonly<Record<string, string>> = {
  ...USED_FOR_EITHER_FUNCTION,
  "ReportFailures lambda:InvokeFunction": "Lambda calls the on-failure destination with the function's role",
  "TellMissingFromForbidden s3:ListBucket": "S3 answers 404 for a missing object to those alone who may list",
};

const KEYS = {
  good: "uploads/alice/süß a+b%.jpg",
  missing: "uploads/alice/missing.jpg",
  overwritten: "uploads/alice/overwritten.jpg",
  forbidden: "uploads/alice/forbidden.jpg",
  poison: "uploads/alice/poison.jpg",
  nobody: "uploads/no-user.jpg",
} as const;

/** One by key, and every first commit loses its reply. */
function faults(): (call: WireCall) => Fault | undefined {
  const committed = new Set<string>();
  return ({ operation, key, writes }) => {
    if (operation === "GetObject" && key === KEYS.missing) return { kind: "answer", status: 404, code: "NoSuchKey" };
    if (operation === "GetObject" && key === KEYS.forbidden)
      return { kind: "answer", status: 403, code: "AccessDenied" };
    if (writes !== "completed" || committed.has(key)) return undefined;
    committed.add(key);
    return { kind: "dropReply" };
  };
}

async function driveThroughAllFlows(pipeline: WatchedPipeline, events: readonly S3Event[]): Promise<void> {
  for (const key of [KEYS.good, KEYS.missing, KEYS.overwritten, KEYS.forbidden, KEYS.nobody])
    await upload(pipeline, await photo(), key);
  await upload(pipeline, await plain(300, 200).png().toBuffer(), KEYS.overwritten);
  await upload(pipeline, Buffer.from("\xff\xd8\xff no image", "latin1"), KEYS.poison);
  for (const event of events) await pipeline.deliver(event);
  await settled(pipeline);
  await pipeline.deliver(events[0]);
  // The good record is completed when this event has failed three times for the other: the recorder leaves it alone.
  await pipeline.deliver({ Records: [...(events[0]?.Records ?? []), { eventVersion: "2.1" }] });
  await settled(pipeline);
}

interface Driven {
  readonly processor: readonly WireCall[];
  readonly recorder: readonly WireCall[];
}

let driving: Promise<Driven> | undefined;
function driven(): Promise<Driven> {
  const { events, onUpload } = keepEvents();
  // Nothing here needs to happen at once, and every sandbox takes its time to start.
  const options = { onUpload, processor: { onCall: faults() }, concurrency: 2 };
  driving ??= withPipeline(options, async (pipeline) => {
    await driveThroughAllFlows(pipeline, events);
    const words = ["completed", "image_rejected", "duplicate_skipped", "malformed_event"];
    const reasons = ["source_not_found", "superseded", "access_denied", "decode_error", "reply_lost"];
    expect([...words, ...reasons].filter((word) => !said(pipeline.processor, word))).toEqual([]);
    expect(["recorded_failed", "recorder_noop"].filter((word) => !said(pipeline.recorder, word))).toEqual([]);
    const printed = [...pipeline.processor.lines, ...pipeline.recorder.lines].join("\n");
    for (const secret of ["local-secret", "X-Amz-", "Signature", "http://"]) expect(printed).not.toContain(secret);
    return { processor: [...pipeline.processor.calls], recorder: [...pipeline.recorder.calls] };
  });
  return driving;
}

describe("the image processor", () => {
  test("is allowed every call that it makes", async () => {
    const { processor } = await driven();
    expect(forbidden(policyOf("image-processor"), processor)).toEqual([]);
  });

  test("is allowed nothing else but what AWS does for it", async () => {
    const { processor } = await driven();
    expect([...unused(policyOf("image-processor"), processor)].sort()).toEqual(
      Object.keys(USED_FOR_THE_PROCESSOR).sort(),
    );
  });

  test("reads versions where the source bucket is versioned, and only there may it", async () => {
    const { events, onUpload } = keepEvents();
    const onCall = ({ versionId }: WireCall): Fault | undefined =>
      versionId ? { kind: "answer", status: 404, code: "NoSuchVersion" } : undefined;
    const calls = await withPipeline({ onUpload, processor: { onCall } }, async (pipeline) => {
      await upload(pipeline, await photo());
      const [record] = events[0]?.Records ?? [];
      if (!record) throw new Error("the upload must have an event");
      const object = { ...record.s3.object, versionId: "3HL4kqtJlcpXroDTDmJ" };
      await pipeline.deliver({ Records: [{ ...record, s3: { ...record.s3, object } }] });
      await settled(pipeline);
      return pipeline.processor.calls;
    });
    const versioned = policyOf("image-processor", { SOURCE_VERSIONING: "true" });
    expect(forbidden(versioned, calls)).toEqual([]);
    expect(unused(versioned, calls)).not.toContain("ReadObjects s3:GetObjectVersion");
    expect(forbidden(policyOf("image-processor"), calls).map(({ action }) => action)).toEqual(["s3:GetObjectVersion"]);
  });
});

describe("the failure recorder", () => {
  test("is allowed every call that it makes", async () => {
    const { recorder } = await driven();
    expect(forbidden(policyOf("failure-recorder"), recorder)).toEqual([]);
  });

  test("is allowed nothing else but what AWS does for it", async () => {
    const { recorder } = await driven();
    expect([...unused(policyOf("failure-recorder"), recorder)].sort()).toEqual(
      Object.keys(USED_FOR_EITHER_FUNCTION).sort(),
    );
  });
});

test("calls that nobody makes would be refused", () => {
  const source = SOURCE_BUCKET;
  const strange: readonly WireCall[] = [
    { service: "s3", operation: "PutObject", resource: source, key: "uploads/alice/a.jpg" },
    { service: "s3", operation: "GetObject", resource: source, key: "elsewhere/a.jpg" },
    { service: "s3", operation: "GetObject", resource: `${source}-other`, key: "uploads/alice/a.jpg" },
    { service: "dynamodb", operation: "DeleteItem", resource: "image-metadata-local", key: "" },
    { service: "dynamodb", operation: "GetItem", resource: "image-metadata-prod", key: "" },
  ];
  expect(forbidden(policyOf("image-processor"), strange)).toHaveLength(strange.length);
  expect(forbidden(policyOf("failure-recorder"), strange)).toHaveLength(strange.length);
});
