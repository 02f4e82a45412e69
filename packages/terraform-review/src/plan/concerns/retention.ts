import { line } from "../../model/line";
import type { Change } from "../change";
import type { PlanContext } from "../plan-context";
import { attributeAt } from "./attribute";
import type { Remark } from "./concern";
import { reviewExpiry } from "./expiry";

interface Retention {
  readonly type: string;
  readonly path: readonly (string | number)[];
  readonly words: string;
  /** What a missing value means. */
  readonly absent: number;
  /** `0` keeps for ever. */
  readonly zeroIsForever?: boolean;
}

const RETENTIONS: readonly Retention[] = [
  {
    type: "aws_cloudwatch_log_group",
    path: ["retention_in_days"],
    words: "log events go sooner",
    absent: Number.POSITIVE_INFINITY,
    zeroIsForever: true,
  },
  { type: "aws_sqs_queue", path: ["message_retention_seconds"], words: "messages go sooner", absent: 345_600 },
  {
    type: "aws_dynamodb_table",
    path: ["point_in_time_recovery", 0, "recovery_period_in_days"],
    words: "items can be restored for fewer days",
    absent: 35,
  },
  { type: "aws_db_instance", path: ["backup_retention_period"], words: "backups go sooner", absent: 0 },
  { type: "aws_rds_cluster", path: ["backup_retention_period"], words: "backups go sooner", absent: 1 },
  { type: "aws_kinesis_stream", path: ["retention_period"], words: "records go sooner", absent: 24 },
];

/** Data that goes sooner than it did. */
export function reviewRetention(change: Change, context: PlanContext): readonly Remark[] {
  return [
    ...reviewExpiry(change, context),
    ...reviewTtl(change),
    ...RETENTIONS.flatMap((rule) => reviewPeriod(change, rule)),
  ];
}

function reviewPeriod(change: Change, { type, path, words, absent, zeroIsForever }: Retention): readonly Remark[] {
  if (change.type !== type || change.kind === "create" || change.kind === "delete") return [];
  const attribute = attributeAt(change, ...path);
  const period = (value: unknown) => {
    if (typeof value !== "number" || value < 0) return absent;
    return zeroIsForever && value === 0 ? Number.POSITIVE_INFINITY : value;
  };
  // Without a value before, what is unknown is only computed.
  if (attribute.unknown ? !attribute.before : period(attribute.after) >= period(attribute.before)) return [];
  return [{ severity: "review", words: line`${[words]} (${attribute.words})` }];
}

function reviewTtl(change: Change): readonly Remark[] {
  if (change.type !== "aws_dynamodb_table" || change.kind === "create" || change.kind === "delete") return [];
  const { before, after, words } = attributeAt(change, "ttl", 0, "enabled");
  if ((before === true) === (after === true)) return [];
  const effect =
    after === true ? "items whose time is over are deleted from now on" : "items are kept for ever: TTL is off";
  return [{ severity: "review", words: line`${[effect]} (${words})` }];
}
