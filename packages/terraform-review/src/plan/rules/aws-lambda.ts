import { environment } from "./environment";
import {
  type AttributeRule,
  byPolicy,
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
  s3_bucket: does("the bucket that the code comes from"),
  image_uri: harmlessWhen((before, after) => imageIn(before) === imageIn(after), "the image that runs"),
} as const;

function imageIn(uri: unknown): unknown {
  return typeof uri === "string" ? uri.replace(/(?::[^:/]+)?(?:@sha256:\w+)?$/, "") : uri;
}

/** Fewer at once, or none; no limit takes from what other functions have. */
const concurrency: AttributeRule = harmlessWhen((before, after) => {
  const limit = (value: unknown) => (typeof value === "number" && value >= 0 ? value : undefined);
  const [from, to] = [limit(before), limit(after)];
  return from !== undefined && to !== undefined && to >= from;
}, "the limit on concurrent executions");

const DELIVERY = "what invokes the function";

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
      architectures: does("the instruction set that the package must support"),
      runtime: does("the runtime of the code"),
      handler: does("the function that Lambda calls"),
      layers: does("code that is loaded with the function's own"),
      package_type: does("whether the code is a zip file or an image"),
      image_config: does("the command that the image runs"),
      role: does("the role that the function runs with"),
      code_signing_config_arn: does("whether Lambda accepts unsigned code"),
      "dead_letter_config.target_arn": does("the destination of failed events"),
      kms_key_arn: does("the key that the function needs to read its environment"),
      source_kms_key_arn: does("the key that Lambda needs to read the package"),
      file_system_config: does("the file system that the function mounts"),
      vpc_config: does("the network that the function runs in"),
      "logging_config.log_group": does("the log group that the function writes to"),
      "logging_config.log_format": does("the log format, which metric filters and queries depend on"),
      "logging_config.application_log_level": does("the lowest level of log events that are kept"),
      "logging_config.system_log_level": does("the lowest level of log events that are kept"),
      "tracing_config.mode": does("whether invocations are traced"),
      snap_start: does("whether Lambda starts the function from a snapshot"),
      publish: does("whether each change publishes a version"),
      skip_destroy: harmlessWhen((_, after) => after === true, "old versions are deleted with the function"),
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
        "the function no longer reads the source",
      ),
      batch_size: does("how many records one invocation receives"),
      maximum_batching_window_in_seconds: does("how long Lambda waits to fill a batch"),
      function_response_types: does("whether only failed records are retried"),
      filter_criteria: does("records that do not match the filter are dropped"),
      scaling_config: does("the limit on concurrent invocations"),
      "destination_config.on_failure.destination_arn": does("the destination of failed records"),
      event_source_arn: does(DELIVERY),
      function_name: does(DELIVERY),
      maximum_retry_attempts: does("how often a failed event is retried"),
      maximum_record_age_in_seconds: does("records older than this are dropped"),
    },
    created: "the function starts to read the source",
  },
  aws_lambda_function_event_invoke_config: {
    attributes: {
      "destination_config.on_failure.destination": does("the destination of failed events"),
      "destination_config.on_success.destination": does("the destination of results"),
      maximum_event_age_in_seconds: keepsLonger("events older than this are dropped", { absent: 21_600 }),
      maximum_retry_attempts: does("how often a failed event is retried"),
    },
    created: "it changes the retries and destinations of the function",
    destroyed: { severity: "review", words: ["failed events have no destination, and retries return to the default"] },
  },
  aws_lambda_function_url: {
    computed: ["function_arn", "function_url", "url_id"],
    attributes: {
      authorization_type: harmlessWhen((_, after) => after === "AWS_IAM", "who may call the function"),
      "cors.max_age": harmless,
      cors: does("the web pages that may call the function"),
      invoke_mode: does("how responses are sent"),
    },
    created: "the function gets a URL on the internet",
  },
  aws_lambda_alias: {
    computed: ["arn", "invoke_arn"],
    attributes: {
      description: harmless,
      function_version: does("the version that runs under this alias"),
      routing_config: does("the version that runs under this alias"),
    },
  },
  aws_lambda_layer_version: { attributes: {}, created: "functions can load this code" },
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
      managed_policy_arns: does("the permissions of the role"),
      permissions_boundary: does("the maximum permissions of the role"),
      max_session_duration: harmlessWhen(
        (before, after) => typeof before === "number" && typeof after === "number" && after <= before,
        "how long a session's credentials are valid",
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
        "the key material is rotated less often",
      ),
      is_enabled: guard("the key is disabled: nothing encrypted with it can be read", {
        isOn: (value) => value !== false,
      }),
      deletion_window_in_days: risesFreely("a deletion of the key can be cancelled for fewer days"),
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
      deletion_window_in_days: risesFreely("a deletion of the key can be cancelled for fewer days"),
    },
  },
  aws_kms_alias: {
    computed: ["arn", "target_key_arn"],
    attributes: {
      target_key_id: does("the key behind the alias; existing data still needs the old key"),
    },
  },
  aws_ssm_parameter: {
    computed: ["has_value_wo", "version"],
    attributes: {
      description: harmless,
      arn: harmless,
      type: guard("the value is no longer encrypted", { isOn: (value) => value === "SecureString" }),
      value: does("the value that every reader of the parameter gets"),
      insecure_value: does("the value that every reader of the parameter gets"),
      key_id: guard("the value is no longer encrypted with its own key", {
        isOn: isText,
        altered: "the value uses another key, which readers need permission for",
      }),
      allowed_pattern: does("the values that are accepted"),
    },
  },
  aws_secretsmanager_secret: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      policy: byPolicy,
      recovery_window_in_days: risesFreely("a deletion of the secret can be cancelled for fewer days"),
      kms_key_id: guard("the secret is no longer encrypted with its own key", {
        isOn: isText,
        altered: "the value uses another key, which readers need permission for",
      }),
      replica: does("the regions that hold the secret"),
    },
  },
};

function guardForReview(words: string): AttributeRule {
  return harmlessWhen((before, after) => after === true || before !== true, words);
}
