import { coversElements, type PolicyStatement } from "./policy-statement";

/**
 * Keys that hold a statement for everybody to some of them, when compared with fixed values: without a wildcard and without
 * a policy variable.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
const LIMITING_KEYS = new Set(
  [
    ...["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:userid"],
    ...["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner"],
    ...["aws:SourceVpc", "aws:SourceVpce", "kms:CallerAccount", "s3:DataAccessPointAccount"],
  ].map((key) => key.toLowerCase()),
);
const LIMITING_OPERATORS = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;
const IS_OPEN = /[*?]|\$\{/;

/** The largest networks that are not the public: one /8 of IPv4, one /32 of IPv6, together with all others. */
const MOST_IPV4_ADDRESSES = 2 ** 24;
const MOST_IPV6_NETWORKS = 1;
/** Addresses that nobody has on the internet. */
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][\da-f]{2}:)/i;

/** Whether the statement gives access to anyone. */
export function isPublic(statement: PolicyStatement): boolean {
  const { effect, principals, conditions } = statement;
  if (effect === "Deny") return false;
  if (isOpenFederation(statement)) return true;
  if (!(principals.excludes || principals.members.includes("*"))) return false;
  return ![...conditions].some(([condition, values]) => limits(condition, values));
}

function limits(condition: string, values: readonly string[]): boolean {
  const [operator = "", key = ""] = condition.split(" ");
  const name = key.toLowerCase();
  if (values.length === 0) return false;
  if (/^(?:ForAnyValue:)?IpAddress$/i.test(operator)) return name === "aws:sourceip" && isNarrow(values);
  if (!LIMITING_OPERATORS.test(operator)) return false;
  // The name of an access point may be any, as long as its account is fixed.
  if (name === "s3:dataaccesspointarn")
    return values.every((value) => /^arn:aws[\w-]*:s3:[^:]*:\d{12}:accesspoint/.test(value));
  if (name === "aws:userid" && values.some((value) => /^AROA?\w*:\*$/.test(value))) return false;
  return LIMITING_KEYS.has(name) && values.every((value) => value !== "" && !IS_OPEN.test(value));
}

/** Whether the networks hold no more addresses than somebody has, all of them together. */
function isNarrow(ranges: readonly string[]): boolean {
  let [ipv4, ipv6] = [0, 0];
  for (const range of ranges) {
    const [address = "", length] = range.split("/");
    if (IS_OPEN.test(range) || !/^[\d.a-f:]+$/i.test(address)) return false;
    const bits = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
    if (Number.isNaN(bits)) return false;
    if (PRIVATE.test(address) && bits >= 8) continue;
    if (address.includes(":")) ipv6 += 2 ** (32 - Math.min(bits, 128));
    else ipv4 += 2 ** (32 - Math.min(bits, 32));
  }
  return ipv4 <= MOST_IPV4_ADDRESSES && ipv6 <= MOST_IPV6_NETWORKS;
}

/** Providers whose audience is one application of ours, and not one that anybody may ask for. */
const OWN_AUDIENCE = /cognito-identity\.amazonaws\.com|accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com/;

/** A role for the holders of a web token, whoever they are: GitHub and the like give one to everybody. */
function isOpenFederation({ principals, actions, conditions }: PolicyStatement): boolean {
  const providers = principals.members.filter((member) => /^Federated .*(?:oidc-provider\/|\.com$)/.test(member));
  const isByToken =
    actions.excludes ||
    actions.members.some((action) => /^(?:\*|sts:\*|sts:AssumeRole(?:\*|WithWeb\w*\*?))$/i.test(action));
  if (providers.length === 0 || !isByToken) return false;
  return providers.some((provider) => {
    const key = OWN_AUDIENCE.test(provider)
      ? /:(?:sub|aud|app_id)$/
      : /:(?:sub|repository_id|repository_owner_id|job_workflow_ref)$/;
    return ![...conditions].some(([condition, values]) => {
      const [operator = "", name = ""] = condition.split(" ");
      return key.test(name) && LIMITING_OPERATORS.test(operator) && values.length > 0 && values.every(isOneSubject);
    });
  });
}

/** `repo:acme/photos:*` is somebody's, `repo:*`, `repo:*:ref:refs/heads/main` and `*` are anybody's. */
function isOneSubject(pattern: string): boolean {
  if (pattern.includes("${")) return false;
  const open = pattern.search(/[*?]/);
  if (open < 0) return pattern !== "";
  const fixed = pattern.slice(0, open);
  // The owner has to be whole: `repo:acme*` is also the repository of acme-evil.
  return /^[\w-]+:[\w.-]+[/:]/.test(fixed) || /^[\w.-]+\//.test(fixed);
}

/** Statements that let anybody do what nobody could before. */
export function newlyPublic(
  before: readonly PolicyStatement[],
  after: readonly PolicyStatement[],
): readonly PolicyStatement[] {
  const open = before.filter(isPublic);
  return after.filter((statement) => isPublic(statement) && !open.some((known) => coversElements(known, statement)));
}

/** Whether the statement refuses requests that do not come over TLS. */
function refusesClearText({ effect, conditions }: PolicyStatement): boolean {
  if (effect !== "Deny") return false;
  return [...conditions].some(
    ([condition, values]) => /^bool(?:ifexists)? aws:securetransport$/i.test(condition) && values.includes("false"),
  );
}

/** What becomes of the rule that all requests come over TLS. */
export function transportRule(
  before: readonly PolicyStatement[],
  after: readonly PolicyStatement[],
): "kept" | "conditioned" | "narrowed" | "lost" {
  const earlier = before.filter(refusesClearText);
  const later = after.filter(refusesClearText);
  if (earlier.length === 0) return "kept";
  if (later.length === 0) return "lost";
  const heirsOf = (rule: PolicyStatement) => later.filter((statement) => coversElements(statement, rule));
  if (!earlier.every((rule) => heirsOf(rule).length > 0)) return "narrowed";
  const holds = (rule: PolicyStatement) =>
    heirsOf(rule).some((statement) => statement.conditions.size <= rule.conditions.size);
  return earlier.every(holds) ? "kept" : "conditioned";
}
