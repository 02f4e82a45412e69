import { type JsonObject, listIn, objectIn } from "../../model/json";
import { line } from "../../model/line";
import type { Change } from "../change";
import { block, type Remark } from "../finding";
import { does, examined, harmless, harmlessWhen, isFilled, type RuleTable } from "./rule";

const CACHING = "how long viewers get content that was changed or deleted";

/** CloudFront. */
export const CLOUDFRONT: RuleTable = {
  aws_cloudfront_distribution: {
    computed: [
      ...["arn", "caller_reference", "domain_name", "etag", "hosted_zone_id", "in_progress_validation_batches"],
      ...["last_modified_time", "logging_v1_enabled", "status", "trusted_key_groups", "trusted_signers"],
    ],
    attributes: {
      comment: harmless,
      is_ipv6_enabled: harmlessWhen((_, after) => after === true, "viewers with only IPv6 get no response"),
      http_version: harmless,
      wait_for_deployment: harmless,
      enabled: harmlessWhen((_, after) => after === true, "viewers get no response"),
      price_class: does("the locations that serve viewers, and the cost"),
      "default_cache_behavior.trusted_key_groups": does("the keys whose signatures give access"),
      "default_cache_behavior.trusted_signers": does("the keys whose signatures give access"),
      "default_cache_behavior.viewer_protocol_policy": examined,
      "default_cache_behavior.cache_policy_id": does(CACHING),
      "default_cache_behavior.compress": harmless,
      origin: does("the origin of the content"),
      aliases: does("the domain names of the distribution"),
      viewer_certificate: does("the certificate and TLS versions"),
      web_acl_id: does("the web ACL that filters requests"),
      restrictions: does("the countries that have access"),
      logging_config: does("the bucket that receives the access log"),
    },
    examine: examineBehaviors,
    created: "viewers on the internet can read its origins",
  },
  aws_cloudfront_origin_access_control: {
    computed: ["arn", "etag"],
    attributes: {
      description: harmless,
      signing_behavior: does("whether requests to the origin are signed"),
      signing_protocol: does("whether requests to the origin are signed"),
    },
  },
  aws_cloudfront_public_key: {
    computed: ["caller_reference", "etag"],
    attributes: { comment: harmless, encoded_key: does("the keys whose signatures give access") },
  },
  aws_cloudfront_key_group: {
    computed: ["etag"],
    attributes: { comment: harmless, items: does("the keys whose signatures give access") },
    created: "the holders of its keys can sign for viewers",
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
      ...(isUnsigned ? [block("public", line`${path}: viewers no longer need a signature`)] : []),
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
