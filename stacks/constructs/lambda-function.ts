import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaFunction as AwsLambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { Construct } from "constructs";
import type { LambdaArchitecture } from "../../contract/names";
import type { AwsAccount } from "./aws-account";
import { ExecutionRole } from "./execution-role";
import { LambdaPackage } from "./lambda-package";
import type { DeadLetterQueue } from "./queues";

export interface LambdaFunctionProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly description: string;
  readonly roleDescription: string;
  /** Directory of the bundle. */
  readonly bundle: string;
  readonly runtime: string;
  readonly architecture: LambdaArchitecture;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Size of `/tmp`; Lambda's own default is 512. */
  readonly ephemeralStorageMb?: number;
  /** Absent: the function shares the account's concurrency. */
  readonly reservedConcurrency?: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly logRetentionDays: number;
  /** Keep the log group when the stack is destroyed. */
  readonly keepLogs: boolean;
}

/** A function with its own role and log group, traced, with a dead letter queue. Its entry is `handler` of `index.js`. */
export class LambdaFunction extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly role: ExecutionRole;
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    this.role = new ExecutionRole(this, "role", { name: props.name, description: props.roleDescription });
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: `/aws/lambda/${props.name}`,
      retentionInDays: props.logRetentionDays,
      skipDestroy: props.keepLogs,
    });
    this.logGroupName = logGroup.name;
    this.grantTelemetry(props.account.arn("logs", `log-group:${this.logGroupName}`));
    props.deadLetterQueue.grantSend(this.role);

    const bundle = new LambdaPackage(this, "package", { directory: props.bundle, architecture: props.architecture });
    const lambda = new AwsLambdaFunction(this, "function", {
      functionName: props.name,
      description: props.description,
      role: this.role.arn,
      runtime: props.runtime,
      architectures: [props.architecture],
      handler: "index.handler",
      filename: bundle.fileName,
      sourceCodeHash: bundle.sha256Base64,
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      ephemeralStorage: props.ephemeralStorageMb === undefined ? undefined : { size: props.ephemeralStorageMb },
      reservedConcurrentExecutions: props.reservedConcurrency,
      environment: { variables: props.environment },
      deadLetterConfig: { targetArn: props.deadLetterQueue.arn },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "Text", logGroup: this.logGroupName },
      // Lambda refuses a dead letter queue that the role may not write to, and makes a log group that is missing itself.
      dependsOn: [this.role.policy, logGroup],
    });
    this.name = lambda.functionName;
    this.arn = props.account.arn("lambda", `function:${this.name}`);
  }

  grantInvoke(role: ExecutionRole): void {
    role.allow({ Sid: "ReportFailures", Action: ["lambda:InvokeFunction"], Resource: this.arn });
  }

  private grantTelemetry(logGroupArn: string): void {
    this.role.allow({
      Sid: "WriteOwnLogs",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    });
    // X-Ray knows no resources: both actions only take a wildcard.
    this.role.allow({
      Sid: "SendTraces",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: "*",
    });
  }
}
