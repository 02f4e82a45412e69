import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { type PolicyStatement, policyDocument } from "./policy-document";

export interface ExecutionRoleProps {
  readonly name: string;
  readonly description: string;
}

/** The role of one function, with one inline policy that holds what the owners of resources granted it. */
export class ExecutionRole extends Construct {
  readonly arn: string;
  /** AWS checks permissions when it is told of queues and destinations: what names them waits for the policy. */
  readonly policy: ITerraformDependable;
  private readonly statements: PolicyStatement[] = [];

  constructor(scope: Construct, id: string, props: ExecutionRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", {
      name: props.name,
      description: props.description,
      assumeRolePolicy: policyDocument([
        {
          Sid: "AllowLambda",
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: ["sts:AssumeRole"],
        },
      ]),
    });
    this.arn = role.arn;
    this.policy = new IamRolePolicy(this, "policy", {
      name: "least-privilege",
      role: role.name,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
    });
  }

  allow(statement: Omit<PolicyStatement, "Effect" | "Principal">): void {
    const { Sid, ...rest } = statement;
    this.statements.push({ Sid, Effect: "Allow", ...rest });
  }
}
