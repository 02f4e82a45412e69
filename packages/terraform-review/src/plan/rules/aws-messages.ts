import { attributeAt, type Change } from "../change";
import { block, type Remark, review } from "../finding";
import {
  byPolicy,
  does,
  examined,
  guard,
  harmless,
  harmlessWhen,
  isText,
  keepsLonger,
  type RuleTable,
  risesFreely,
} from "./rule";

const REDRIVE = "when failed messages move to a dead letter queue, and to which";
const WHO_LISTENS = "the receiver, and the events that it gets";

/** Queues, topics, events. */
export const MESSAGES: RuleTable = {
  aws_sqs_queue: {
    computed: ["arn", "url"],
    attributes: {
      policy: byPolicy,
      message_retention_seconds: keepsLonger("messages are kept for a shorter time", { absent: 345_600 }),
      visibility_timeout_seconds: does("how long a received message stays hidden from other consumers"),
      delay_seconds: does("how long new messages stay hidden"),
      max_message_size: risesFreely("larger messages are refused"),
      receive_wait_time_seconds: harmless,
      kms_data_key_reuse_period_seconds: harmless,
      redrive_policy: does(REDRIVE),
      redrive_allow_policy: does("the queues that may use this one as their dead letter queue"),
      sqs_managed_sse_enabled: examined,
      kms_master_key_id: examined,
    },
    examine: examineQueueEncryption,
  },
  aws_sqs_queue_policy: { attributes: { policy: byPolicy } },
  aws_sqs_queue_redrive_policy: {
    attributes: { redrive_policy: does(REDRIVE) },
    created: "failed messages move to another queue",
    destroyed: review(["failed messages no longer move to a dead letter queue"]),
  },
  aws_sns_topic: {
    computed: ["arn", "beginning_archive_time", "owner"],
    attributes: {
      policy: byPolicy,
      display_name: harmless,
      kms_master_key_id: guard("encryption is off", {
        isOn: isText,
        altered: "messages use another key, which publishers need permission for",
      }),
      delivery_policy: does("how often deliveries are retried"),
    },
  },
  aws_sns_topic_policy: { computed: ["owner"], attributes: { policy: byPolicy } },
  aws_sns_topic_subscription: {
    computed: ["arn", "confirmation_was_authenticated", "owner_id", "pending_confirmation"],
    attributes: {
      confirmation_timeout_in_minutes: harmless,
      endpoint_auto_confirms: harmless,
      filter_policy: does(WHO_LISTENS),
      filter_policy_scope: does(WHO_LISTENS),
      raw_message_delivery: does("the format of the messages"),
      redrive_policy: does("the dead letter queue of the subscription"),
    },
    created: "it receives the messages of the topic",
    destroyed: review(["the endpoint no longer receives messages"]),
  },
  aws_cloudwatch_event_bus: { computed: ["arn"], attributes: { description: harmless } },
  aws_cloudwatch_event_rule: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      force_destroy: harmless,
      event_pattern: does(WHO_LISTENS),
      schedule_expression: does("the schedule"),
      state: harmlessWhen((_, after) => after === "ENABLED", "the rule no longer matches events"),
      is_enabled: harmlessWhen((_, after) => after === true, "the rule no longer matches events"),
    },
    created: "its targets receive matching events",
  },
  aws_cloudwatch_event_target: {
    attributes: {
      arn: does(WHO_LISTENS),
      input: does("the input of the target"),
      dead_letter_config: does("the dead letter queue of the target"),
    },
    created: "it receives matching events",
  },
  aws_cloudwatch_event_archive: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      retention_days: keepsLonger("archived events are kept for a shorter time", {
        absent: Number.POSITIVE_INFINITY,
        forever: 0,
      }),
    },
  },
  aws_pipes_pipe: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      desired_state: harmlessWhen((_, after) => after === "RUNNING", "the pipe no longer reads the source"),
      target: does("the target of the pipe"),
      source_parameters: does("the filter, batches and retries of the source"),
      target_parameters: does("the input of the target"),
      enrichment: does("the enrichment of the events"),
    },
    created: "it sends events from the source to the target",
  },
};

/** Either of two settings encrypts a queue. */
function examineQueueEncryption(change: Change): readonly Remark[] {
  if (change.kind === "create") return [];
  const managed = attributeAt(change, "sqs_managed_sse_enabled");
  const key = attributeAt(change, "kms_master_key_id");
  const wasEncrypted = managed.before === true || isText(key.before);
  if (managed.unknown || key.unknown)
    return key.unknown || wasEncrypted ? [review(["the encryption is known only after apply"])] : [];
  if (wasEncrypted && managed.after !== true && !isText(key.after))
    return [block("unprotect", ["encryption of the queue is off"])];
  if ((key.before ?? "") === (key.after ?? "")) return [];
  return [review(["messages use another key, which senders and receivers need permission for"])];
}

/** Logs, alarms and dashboards. */
export const OBSERVATION: RuleTable = {
  aws_cloudwatch_log_group: {
    computed: ["arn"],
    attributes: {
      retention_in_days: keepsLonger("log events are kept for a shorter time", {
        absent: Number.POSITIVE_INFINITY,
        forever: 0,
      }),
      skip_destroy: harmlessWhen(
        (before, after) => after === true || before !== true,
        "the log group is deleted with its resource",
      ),
      deletion_protection_enabled: guard("deletion protection is off"),
      kms_key_id: guard("encryption with its own key is off", {
        isOn: isText,
        altered: "new events use another key, which readers need permission for",
      }),
    },
  },
  aws_cloudwatch_dashboard: { computed: ["dashboard_arn"], attributes: { dashboard_body: harmless } },
  aws_cloudwatch_query_definition: {
    computed: ["query_definition_id"],
    attributes: { name: harmless, query_string: harmless, log_group_names: harmless },
  },
  aws_cloudwatch_log_subscription_filter: {
    attributes: {
      destination_arn: does("the receiver of the log"),
      filter_pattern: does("the log events that are sent on"),
    },
    created: "it sends the log to its destination",
  },
  aws_cloudwatch_log_metric_filter: {
    attributes: {
      pattern: does("the log events that count"),
      metric_transformation: does("the metric that the filter writes"),
    },
  },
  aws_resourcegroups_group: { computed: ["arn"], attributes: { description: harmless, resource_query: harmless } },
  aws_xray_group: { computed: ["arn"], attributes: { filter_expression: harmless, insights_configuration: harmless } },
};
