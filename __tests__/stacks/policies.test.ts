import { ACCOUNT_ID, synthesizedStack } from "../support/synthesized-stack";

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT_ID}:${resource}`;
const policyOf = (path: string, environment = {}, attribute = "policy") =>
  JSON.parse(String(synthesizedStack(environment).at(path).values[attribute]));
const statementsOf = (path: string, environment = {}) => policyOf(path, environment).Statement;

const SOURCE = `arn:aws:s3:::photo-uploads-${ACCOUNT_ID}-dev`;
const PROCESSED = `arn:aws:s3:::photo-processed-${ACCOUNT_ID}-dev`;
const ACCESS_LOGS = `arn:aws:s3:::photo-access-logs-${ACCOUNT_ID}-dev`;
const QUEUE = arn("sqs", "image-processor-dlq-dev");
const TOPIC = arn("sns", "image-pipeline-alarms-dev");

const SEND_TRACES = {
  Sid: "SendTraces",
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};
const SEND_DEAD_LETTERS = { Sid: "SendDeadLetters", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: QUEUE };
const READ_AND_UPDATE_RECORDS = {
  Sid: "ReadAndUpdateRecords",
  Effect: "Allow",
  Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
  Resource: arn("dynamodb", "table/image-metadata-dev"),
};
const writeOwnLogs = (name: string) => ({
  Sid: "WriteOwnLogs",
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: `${arn("logs", `log-group:/aws/lambda/${name}`)}:*`,
});
const readObjects = (...actions: string[]) => ({
  Sid: "ReadObjects",
  Effect: "Allow",
  Action: actions,
  Resource: `${SOURCE}/uploads/*`,
});
const denyInsecureTransport = (Action: string, Resource: string | string[]) => ({
  Sid: "DenyInsecureTransport",
  Effect: "Deny",
  Principal: { AWS: "*" },
  Action,
  Resource,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

describe("the image processor may", () => {
  const processor = (...readActions: string[]) => [
    writeOwnLogs("image-processor-dev"),
    SEND_TRACES,
    SEND_DEAD_LETTERS,
    readObjects(...readActions),
    {
      Sid: "TellMissingFromForbidden",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: SOURCE,
      Condition: { StringLike: { "s3:prefix": "uploads/*" } },
    },
    { Sid: "WriteObjects", Effect: "Allow", Action: ["s3:PutObject"], Resource: `${PROCESSED}/previews/*` },
    READ_AND_UPDATE_RECORDS,
    {
      Sid: "ReportFailures",
      Effect: "Allow",
      Action: ["lambda:InvokeFunction"],
      Resource: arn("lambda", "function:image-failure-recorder-dev"),
    },
  ];

  test("do this and nothing else", () => {
    expect(statementsOf("image-processor/role/policy")).toEqual(processor("s3:GetObject"));
  });

  test("also read versions where the source bucket is versioned", () => {
    expect(statementsOf("image-processor/role/policy", { SOURCE_VERSIONING: "true" })).toEqual(
      processor("s3:GetObject", "s3:GetObjectVersion"),
    );
  });
});

test("the failure recorder may do this and nothing else", () => {
  expect(statementsOf("failure-recorder/role/policy")).toEqual([
    writeOwnLogs("image-failure-recorder-dev"),
    SEND_TRACES,
    SEND_DEAD_LETTERS,
    READ_AND_UPDATE_RECORDS,
  ]);
});

describe("roles", () => {
  test.each(["image-processor", "failure-recorder"])("only Lambda takes on the role of the %s", (id) => {
    expect(policyOf(`${id}/role/role`, {}, "assume_role_policy")).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AllowLambda",
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: ["sts:AssumeRole"],
        },
      ],
    });
  });

  test("have one inline policy each, and no managed one", () => {
    const stack = synthesizedStack();
    expect(stack.ofType("aws_iam_role_policy").map(({ written }) => written.role)).toEqual(
      stack.ofType("aws_iam_role").map(({ address }) => `\${${address}.name}`),
    );
    expect(
      stack.elements
        .filter(({ type }) => type.startsWith("aws_iam_"))
        .map(({ type }) => type)
        .sort(),
    ).toEqual(["aws_iam_role", "aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy"]);
  });
});

describe("insecure transport is refused by", () => {
  test.each([
    ["source-bucket", SOURCE],
    ["processed-bucket", PROCESSED],
    ["access-log-bucket", ACCESS_LOGS],
  ])("the %s, for the bucket and its objects", (id, bucketArn) => {
    expect(statementsOf(`${id}/policy`)).toContainEqual(denyInsecureTransport("s3:*", [bucketArn, `${bucketArn}/*`]));
  });

  test("the queue", () => {
    expect(statementsOf("dead-letter-queue/policy")).toEqual([denyInsecureTransport("sqs:*", QUEUE)]);
  });

  test("the topic, which only alarms of this account may use", () => {
    expect(statementsOf("alarm-topic/policy")).toEqual([
      denyInsecureTransport("sns:Publish", TOPIC),
      {
        Sid: "AllowAlarmsOfThisAccount",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: TOPIC,
        Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT_ID } },
      },
    ]);
  });
});

describe("bucket policies", () => {
  test("allow nothing on uploads and previews", () => {
    expect(statementsOf("source-bucket/policy")).toHaveLength(1);
    expect(statementsOf("processed-bucket/policy")).toHaveLength(1);
  });

  test("allow access logs of these two buckets, each under its own prefix", () => {
    const allowLogs = (sid: string, id: string, bucketArn: string) => ({
      Sid: sid,
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: `${ACCESS_LOGS}/${id}/*`,
      Condition: { ArnLike: { "aws:SourceArn": bucketArn }, StringEquals: { "aws:SourceAccount": ACCOUNT_ID } },
    });
    expect(statementsOf("access-log-bucket/policy").slice(1)).toEqual([
      allowLogs("AllowLogsOfSourceBucket", "source-bucket", SOURCE),
      allowLogs("AllowLogsOfProcessedBucket", "processed-bucket", PROCESSED),
    ]);
  });
});

test("every policy is known before anything exists, so that the first plan shows it", () => {
  for (const { address, values } of synthesizedStack().elements)
    for (const attribute of ["policy", "assume_role_policy"])
      if (attribute in values) expect(`${address} ${values[attribute]}`).not.toContain("${");
});
