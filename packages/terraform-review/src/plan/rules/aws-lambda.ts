import { byPolicy } from "./by-policy";
import { environment } from "./environment";
import {
  type AttributeRule,
  does,
  guard,
  harmless,
  harmlessWhen,
  isText,
  keepsLonger,
  type RuleTable,
  risesFreely,
} from "./rule";

const CODE_ATTRIBUTES = {
  source_code_hash: harmless,
  code_sha256: harmless,
  filename: harmless,
  s3_key: harmless,
  s3_object_version: harmless,
  s3_bucket: does("where the code comes from"),
  image_uri: harmlessWhen((before, after) => imageIn(before) === imageIn(after), "which image is run"),
} as const;

function imageIn(uri: unknown): unknown {
  return typeof uri === "string" ? uri.replace(/(?::[^:/]+)?(?:@sha256:\w+)?$/, "") : uri;
}

/** Fewer at once, or none; no limit takes from what other functions have. */
const concurrency: AttributeRule = harmlessWhen((before, after) => {
  const limit = (value: unknown) => (typeof value === "number" && value >= 0 ? value : undefined);
  const [from, to] = [limit(before), limit(after)];
  return from !== undefined && to !== undefined && to >= from;
}, "how many run at once, and how many other functions may");

const DELIVERY = "whether and how often what arrives is worked on";

/** Lambda. */
export const LAMBDA: RuleTable = {
  aws_lambda_function: {
    computed: [
      ...[
        "arn",
        "invoke_arn",
        "last_modified",
        "qualified_arn",
        "qualified_invoke_arn",
        "response_streaming_invoke_arn",
      ],
      ...["signing_job_arn", "signing_profile_version_arn", "source_code_size", "version"],
    ],
    attributes: {
      ...CODE_ATTRIBUTES,
      description: harmless,
      memory_size: risesFreely("less memory may be too little"),
      timeout: risesFreely("less time may be too little"),
      "ephemeral_storage.size": risesFreely("less room for files may be too little"),
      reserved_concurrent_executions: concurrency,
      environment,
      architectures: does("the processor that the package has to fit"),
      runtime: does("what runs the code"),
      handler: does("where the code begins"),
      layers: does("code that is added to the function's own"),
      package_type: does("how the code is packed"),
      image_config: does("what of the image is run"),
      role: does("what the function may do"),
      code_signing_config_arn: does("whether only signed code is taken"),
      "dead_letter_config.target_arn": does("where invocations that fail are kept"),
      kms_key_arn: does("the key of its environment: without it the function does not start"),
      source_kms_key_arn: does("the key of its package: without it the function does not start"),
      file_system_config: does("which files the function sees"),
      vpc_config: does("what the function reaches, and what reaches it"),
      "logging_config.log_group": does("where its log is found"),
      "logging_config.log_format": does("what alarms and queries find in its log"),
      "logging_config.application_log_level": does("what of its log is kept"),
      "logging_config.system_log_level": does("what of its log is kept"),
      "tracing_config.mode": does("whether invocations are traced"),
      snap_start: does("in which state the function starts"),
      publish: does("whether each change makes a version"),
      skip_destroy: harmlessWhen((_, after) => after === true, "old versions go with their function"),
    },
  },
  aws_lambda_permission: { attributes: {} },
  aws_lambda_event_source_mapping: {
    computed: [
      ...["arn", "function_arn", "last_modified", "last_processing_result", "state", "state_transition_reason", "uuid"],
    ],
    attributes: {
      enabled: harmlessWhen(
        (before, after) => after === true || before === after,
        "nothing of the source is worked on any more",
      ),
      batch_size: does("how many are worked on, and fail, together"),
      maximum_batching_window_in_seconds: does("how long what arrives waits"),
      function_response_types: does("whether what succeeded is tried again with what failed"),
      filter_criteria: does("what is worked on at all; what does not match is dropped"),
      scaling_config: does("how much is worked on at once"),
      "destination_config.on_failure.destination_arn": does("where what fails is kept"),
      event_source_arn: does(DELIVERY),
      function_name: does(DELIVERY),
      maximum_retry_attempts: does("how often what fails is tried again"),
      maximum_record_age_in_seconds: does("how old what is worked on may be"),
    },
    created: "the function works on what the source holds, as soon as this exists",
  },
  aws_lambda_function_event_invoke_config: {
    attributes: {
      "destination_config.on_failure.destination": does("where invocations that fail are kept"),
      "destination_config.on_success.destination": does("who is told of what succeeds"),
      maximum_event_age_in_seconds: keepsLonger("how long events wait before they are dropped", { absent: 21_600 }),
      maximum_retry_attempts: does("how often what fails is tried again"),
    },
    destroyed: { severity: "review", words: ["nobody is told of failures, and retries are those of AWS"] },
  },
  aws_lambda_function_url: {
    computed: ["function_arn", "function_url", "url_id"],
    attributes: {
      authorization_type: guard("anybody may call the function", { isOn: (value) => value !== "NONE", kind: "public" }),
      "cors.max_age": harmless,
      cors: does("which web pages may call the function"),
      invoke_mode: does("how answers are sent"),
    },
    created: "the function has an address on the internet",
  },
  aws_lambda_alias: {
    computed: ["arn", "invoke_arn"],
    attributes: {
      description: harmless,
      function_version: does("which code runs under this name"),
      routing_config: does("which code runs under this name"),
    },
  },
  aws_lambda_layer_version: { attributes: {}, created: "code that functions may add to their own" },
};

/** IAM and keys. */
export const IDENTITY: RuleTable = {
  aws_iam_role: {
    computed: ["arn", "create_date", "unique_id"],
    attributes: {
      description: harmless,
      force_detach_policies: harmless,
      assume_role_policy: byPolicy,
      inline_policy: byPolicy,
      managed_policy_arns: does("what the role may do"),
      permissions_boundary: does("what the role may do at most"),
      max_session_duration: harmlessWhen(
        (before, after) => typeof before === "number" && typeof after === "number" && after <= before,
        "how long borrowed credentials last",
      ),
    },
  },
  aws_iam_role_policy: { attributes: { policy: byPolicy } },
  aws_iam_policy: {
    computed: ["arn", "attachment_count", "policy_id"],
    attributes: { policy: byPolicy, description: harmless, delay_after_policy_creation_in_ms: harmless },
  },
  aws_iam_role_policy_attachment: { attributes: {} },
  aws_kms_key: {
    computed: ["arn", "key_id"],
    attributes: {
      description: harmless,
      policy: byPolicy,
      enable_key_rotation: guardForReview("key rotation is off"),
      rotation_period_in_days: harmlessWhen(
        (before, after) => typeof before === "number" && typeof after === "number" && after <= before,
        "how long one generation of the key is used",
      ),
      is_enabled: guard("the key is disabled: nothing encrypted with it can be read", {
        isOn: (value) => value !== false,
      }),
      deletion_window_in_days: risesFreely("how long a deletion of the key can be undone"),
    },
  },
  aws_kms_replica_key: {
    computed: ["arn", "key_id", "key_rotation_enabled", "key_spec", "key_usage"],
    attributes: {
      description: harmless,
      policy: byPolicy,
      enabled: guard("the key is disabled: nothing encrypted with it can be read", {
        isOn: (value) => value !== false,
      }),
      deletion_window_in_days: risesFreely("how long a deletion of the key can be undone"),
    },
  },
  aws_kms_alias: {
    computed: ["arn", "target_key_arn"],
    attributes: {
      target_key_id: does("the key that is used under this name: what the old one encrypted needs the old one"),
    },
  },
  aws_ssm_parameter: {
    computed: ["has_value_wo", "version"],
    attributes: {
      description: harmless,
      arn: harmless,
      type: guard("the value is no longer encrypted", { isOn: (value) => value === "SecureString" }),
      value: does("what everybody reads who reads the parameter"),
      insecure_value: does("what everybody reads who reads the parameter"),
      key_id: guard("the value is no longer encrypted with its own key", {
        isOn: isText,
        altered: "another key encrypts it, and readers need it",
      }),
      allowed_pattern: does("which values are taken"),
    },
  },
  aws_secretsmanager_secret: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      policy: byPolicy,
      recovery_window_in_days: risesFreely("how long a deletion of the secret can be undone"),
      kms_key_id: guard("the secret is no longer encrypted with its own key", {
        isOn: isText,
        altered: "another key encrypts it, and readers need it",
      }),
      replica: does("in which regions the secret is"),
    },
  },
};

function guardForReview(words: string): AttributeRule {
  return harmlessWhen((before, after) => after === true || before !== true, words);
}
