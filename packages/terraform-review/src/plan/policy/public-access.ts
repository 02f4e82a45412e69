import { coversElements } from "./coverage";
import type { PolicyStatement } from "./policy-statement";

/**
 * Conditions that hold a statement for everybody to some of them, when compared with fixed values.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
const LIMITING_KEYS = new Set(
  [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "aws:username",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "sts:ExternalId",
  ].map((key) => key.toLowerCase()),
);
const LIMITING_OPERATORS =
  /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i;

/** Whether the statement lets anybody in. */
export function isPublic({ effect, principals, conditions }: PolicyStatement): boolean {
  if (effect === "Deny" || !(principals.excludes || principals.members.includes("*"))) return false;
  return ![...conditions].some(([condition, values]) => limits(condition, values));
}

function limits(condition: string, values: readonly string[]): boolean {
  const [operator = "", key = ""] = condition.split(" ");
  return LIMITING_OPERATORS.test(operator) && LIMITING_KEYS.has(key.toLowerCase()) && values.every(isNarrow);
}

/** Not everything, nor half of the internet, nor an ARN that leaves its account and resource open. */
function isNarrow(value: string): boolean {
  const prefixLength = /^[\d.a-f:]+\/(\d+)$/i.exec(value)?.[1];
  if (prefixLength !== undefined) return Number(prefixLength) >= 8;
  return value.replace(/^arn:[^:]*:[^:]*:/, "").replace(/[*?:]/g, "") !== "";
}

/** Statements that let anybody do what nobody could before. */
export function newlyPublic(
  before: readonly PolicyStatement[],
  after: readonly PolicyStatement[],
): readonly PolicyStatement[] {
  const open = before.filter(isPublic);
  return after.filter((statement) => isPublic(statement) && !open.some((known) => coversElements(known, statement)));
}
