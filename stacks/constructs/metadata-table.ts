import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { METADATA_TABLE } from "../../contract/names";
import type { AwsAccount } from "./aws-account";
import type { ExecutionRole } from "./execution-role";

export interface MetadataTableProps {
  readonly account: AwsAccount;
  readonly name: string;
  /** Refuse to destroy the table, in Terraform and in DynamoDB itself. */
  readonly protect: boolean;
}

/** One item per upload, on demand, restorable to any second of the last 35 days. */
export class MetadataTable extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: MetadataTableProps) {
    super(scope, id);
    const { partitionKey, sortKey, timeToLiveAttribute, indexes } = METADATA_TABLE;
    const table = new DynamodbTable(this, "table", {
      name: props.name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: partitionKey,
      rangeKey: sortKey,
      attribute: [
        { name: partitionKey, type: "S" },
        { name: sortKey, type: "N" },
        ...indexes.map((index) => ({ name: index.partitionKey, type: "S" })),
      ],
      globalSecondaryIndex: indexes.map((index) => ({
        name: index.name,
        hashKey: index.partitionKey,
        rangeKey: sortKey,
        projectionType: "ALL",
      })),
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { enabled: true, attributeName: timeToLiveAttribute },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: props.protect,
      lifecycle: { preventDestroy: props.protect },
    });
    this.name = table.name;
    this.arn = props.account.arn("dynamodb", `table/${this.name}`);
  }

  /** Reading and updating single items; no scans, no queries, no deletions, no indexes. */
  grantReadWrite(role: ExecutionRole): void {
    role.allow({
      Sid: "ReadAndUpdateRecords",
      Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
      Resource: this.arn,
    });
  }
}
