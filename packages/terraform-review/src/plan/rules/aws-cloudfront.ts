import { type JsonObject, listIn, objectIn } from "../../model/json";
import { line } from "../../model/line";
import type { Change } from "../change";
import { block, type Remark } from "../finding";
import { does, examined, harmless, harmlessWhen, isFilled, type RuleTable } from "./rule";

const CACHING = "how long viewers get what was changed or deleted";

/** CloudFront. */
export const CLOUDFRONT: RuleTable = {
  aws_cloudfront_distribution: {
    computed: [
      ...["arn", "caller_reference", "domain_name", "etag", "hosted_zone_id", "in_progress_validation_batches"],
      ...["last_modified_time", "logging_v1_enabled", "status", "trusted_key_groups", "trusted_signers"],
    ],
    attributes: {
      comment: harmless,
      is_ipv6_enabled: harmlessWhen((_, after) => after === true, "viewers with IPv6 alone get nothing"),
      http_version: harmless,
      wait_for_deployment: harmless,
      enabled: harmlessWhen((_, after) => after === true, "viewers get nothing"),
      price_class: does("from where viewers are served, and what it costs"),
      "default_cache_behavior.trusted_key_groups": does("whose signatures let viewers in"),
      "default_cache_behavior.trusted_signers": does("whose signatures let viewers in"),
      "default_cache_behavior.viewer_protocol_policy": examined,
      "default_cache_behavior.cache_policy_id": does(CACHING),
      "default_cache_behavior.compress": harmless,
      origin: does("where what viewers get comes from"),
      aliases: does("under which names viewers find it"),
      viewer_certificate: does("which names and which TLS viewers get"),
      web_acl_id: does("which requests are refused"),
      restrictions: does("from which countries viewers are let in"),
      logging_config: does("where the access log goes"),
    },
    examine: examineBehaviors,
    created: "viewers on the internet get what its origins hold",
  },
  aws_cloudfront_origin_access_control: {
    computed: ["arn", "etag"],
    attributes: {
      description: harmless,
      signing_behavior: does("whether the origin lets CloudFront in"),
      signing_protocol: does("whether the origin lets CloudFront in"),
    },
  },
  aws_cloudfront_public_key: {
    computed: ["caller_reference", "etag"],
    attributes: { comment: harmless, encoded_key: does("whose signatures let viewers in") },
  },
  aws_cloudfront_key_group: {
    computed: ["etag"],
    attributes: { comment: harmless, items: does("whose signatures let viewers in") },
    created: "whoever has one of its keys signs for viewers",
  },
  aws_cloudfront_cache_policy: {
    computed: ["arn", "etag"],
    attributes: { comment: harmless, default_ttl: does(CACHING), max_ttl: does(CACHING), min_ttl: does(CACHING) },
  },
  aws_cloudfront_response_headers_policy: { computed: ["arn", "etag"], attributes: { comment: harmless } },
};

/** Behaviours that no longer ask for a signature, or for TLS. */
function examineBehaviors(change: Change): readonly Remark[] {
  const earlier = behaviors(change.before);
  return [...behaviors(change.after)].flatMap(([path, behavior]): Remark[] => {
    const before = earlier.get(path) ?? (change.kind === "create" ? {} : (earlier.get("*") ?? {}));
    const isSigned = (one: JsonObject) => isFilled(one.trusted_key_groups) || isFilled(one.trusted_signers);
    const isUnsigned = isSigned(before) && !isSigned(behavior) && !isUndecided(change, path);
    const isClear = behavior.viewer_protocol_policy === "allow-all" && before.viewer_protocol_policy !== "allow-all";
    return [
      ...(isUnsigned ? [block("public", line`${path}: viewers need no signature any more`)] : []),
      ...(isClear && change.kind !== "create"
        ? [block("unprotect", line`${path}: requests without TLS are no longer refused`)]
        : []),
    ];
  });
}

function isUndecided({ unknown }: Change, path: string): boolean {
  const mask = JSON.stringify(
    objectIn(unknown)[path === "*" ? "default_cache_behavior" : "ordered_cache_behavior"] ?? "",
  );
  return mask.includes('"trusted_key_groups":true') || mask.includes('"trusted_key_groups":[true') || mask === "true";
}

function behaviors(distribution: JsonObject): ReadonlyMap<string, JsonObject> {
  const ordered = listIn(distribution.ordered_cache_behavior).map(objectIn);
  return new Map([
    ["*", objectIn(distribution.default_cache_behavior)],
    ...ordered.map((behavior): [string, JsonObject] => [String(behavior.path_pattern), behavior]),
  ]);
}
