import { type Line, line } from "../../model/line";
import { maskAt } from "../../model/mask";
import { holdingOf } from "../../model/stores";
import { shorten } from "../../render/text";
import type { Change } from "../change";

export interface DataAtRisk {
  /** Whether data may be lost that nobody can make again. */
  readonly blocks: boolean;
  readonly words?: Line;
}

type Assessment = (change: Change) => DataAtRisk;

const loses = (words: Line): DataAtRisk => ({ blocks: true, words });

/** What a resource is called, unless that is a secret. */
function nameOf(change: Change): Line {
  const attribute = ["bucket", "name", "identifier", "id"].find((name) => typeof change.before[name] === "string");
  if (!attribute || maskAt(change.beforeSensitive, [attribute]) === true) return ["it"];
  return line`${shorten(String(change.before[attribute]))}`;
}

const ASSESSMENTS: Readonly<Record<string, Assessment>> = {
  aws_s3_bucket: (change) =>
    change.before.force_destroy === true
      ? loses(line`every object in ${nameOf(change)}: force_destroy empties it first`)
      : loses(line`every object in ${nameOf(change)}. S3 refuses to delete it while one is left`),
  aws_dynamodb_table: (change) =>
    change.before.deletion_protection_enabled === true
      ? loses(line`every item of ${nameOf(change)}. Its deletion protection would make the apply fail`)
      : loses(line`every item of ${nameOf(change)}, with its indexes and its stream`),
  aws_cloudwatch_log_group: (change) =>
    change.before.skip_destroy === true
      ? {
          blocks: false,
          words: line`nothing: skip_destroy leaves ${nameOf(change)} and its events in AWS, without Terraform`,
        }
      : loses(line`every event in ${nameOf(change)}`),
  aws_sqs_queue: (change) => loses(line`every message that waits in ${nameOf(change)}`),
  aws_kms_key: (change) => loses(line`everything that is encrypted with ${nameOf(change)}`),
};

export function dataAtRisk(change: Change): DataAtRisk {
  const assess = ASSESSMENTS[change.type];
  if (assess) return assess(change);
  return holdingOf(change.type) ? loses(line`everything that ${nameOf(change)} holds`) : { blocks: false };
}
