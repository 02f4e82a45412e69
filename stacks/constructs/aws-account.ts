import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { Construct } from "constructs";

export interface AwsAccountProps {
  readonly region: string;
}

/** The account and region that the stack is deployed to. */
export class AwsAccount extends Construct {
  /** 12 digits, known when Terraform plans. */
  readonly accountId: string;
  readonly region: string;
  private readonly partition: string;

  constructor(scope: Construct, id: string, props: AwsAccountProps) {
    super(scope, id);
    this.region = props.region;
    this.accountId = new DataAwsCallerIdentity(this, "caller-identity").accountId;
    this.partition = new DataAwsPartition(this, "partition").partition;
  }

  /**
   * The ARN of a resource from its name. Unlike the resource's own `arn` it is known before the resource exists, so that
   * the first plan already shows whole policies. Interpolate an attribute of the resource, and Terraform keeps the order.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
   */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  /** Bucket names are unique in a partition: their ARNs have neither region nor account. */
  bucketArn(bucketName: string): string {
    return `arn:${this.partition}:s3:::${bucketName}`;
  }
}
