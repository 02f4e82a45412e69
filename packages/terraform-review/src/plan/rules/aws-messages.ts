import { attributeAt } from "../attribute";
import type { Change } from "../change";
import { block, type Remark, review } from "../finding";
import { byPolicy } from "./by-policy";
import {
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

const REDRIVE = "after how many attempts messages that fail are set aside, and where to";
const WHO_LISTENS = "who is told, and of what";

/** Queues, topics, events. */
export const MESSAGES: RuleTable = {
  aws_sqs_queue: {
    computed: ["arn", "url"],
    attributes: {
      policy: byPolicy,
      message_retention_seconds: keepsLonger("messages go sooner", { absent: 345_600 }),
      visibility_timeout_seconds: does("how long a message that is worked on stays hidden from others"),
      delay_seconds: does("how long messages wait before anybody sees them"),
      max_message_size: risesFreely("larger messages are refused"),
      receive_wait_time_seconds: harmless,
      kms_data_key_reuse_period_seconds: harmless,
      redrive_policy: does(REDRIVE),
      redrive_allow_policy: does("which queues may set messages aside here"),
      sqs_managed_sse_enabled: examined,
      kms_master_key_id: examined,
    },
    examine: examineQueueEncryption,
  },
  aws_sqs_queue_policy: { attributes: { policy: byPolicy } },
  aws_sqs_queue_redrive_policy: {
    attributes: { redrive_policy: does(REDRIVE) },
    destroyed: review(["messages that fail are no longer set aside"]),
  },
  aws_sns_topic: {
    computed: ["arn", "beginning_archive_time", "owner"],
    attributes: {
      policy: byPolicy,
      display_name: harmless,
      kms_master_key_id: guard("encryption is off", {
        isOn: isText,
        altered: "another key encrypts messages: whoever publishes needs it",
      }),
      delivery_policy: does("how often and how fast messages are tried again"),
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
      raw_message_delivery: does("what messages look like"),
      redrive_policy: does("where messages that cannot be delivered are kept"),
    },
    created: "messages of the topic go to this address",
    destroyed: review(["this address is no longer told"]),
  },
  aws_cloudwatch_event_bus: { computed: ["arn"], attributes: { description: harmless } },
  aws_cloudwatch_event_rule: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      force_destroy: harmless,
      event_pattern: does(WHO_LISTENS),
      schedule_expression: does("when it happens"),
      state: harmlessWhen((_, after) => after === "ENABLED", "nothing happens any more"),
      is_enabled: harmlessWhen((_, after) => after === true, "nothing happens any more"),
    },
    created: "its targets are told of events from now on",
  },
  aws_cloudwatch_event_target: {
    attributes: {
      arn: does(WHO_LISTENS),
      input: does("what the target is told"),
      dead_letter_config: does("where events that cannot be delivered are kept"),
    },
    created: "events go to this target",
  },
  aws_cloudwatch_event_archive: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      retention_days: keepsLonger("archived events go sooner", { absent: Number.POSITIVE_INFINITY, forever: 0 }),
    },
  },
  aws_pipes_pipe: {
    computed: ["arn"],
    attributes: {
      description: harmless,
      desired_state: harmlessWhen((_, after) => after === "RUNNING", "nothing of the source is passed on any more"),
      target: does("where everything goes"),
      source_parameters: does("what is passed on, and how often it is tried again"),
      target_parameters: does("what the target is told"),
      enrichment: does("what is added before it is passed on"),
    },
    created: "what the source holds goes to the target from now on",
  },
};

/** Either of two settings encrypts a queue. */
function examineQueueEncryption(change: Change): readonly Remark[] {
  if (change.kind === "create") return [];
  const managed = attributeAt(change, "sqs_managed_sse_enabled");
  const key = attributeAt(change, "kms_master_key_id");
  const wasEncrypted = managed.before === true || isText(key.before);
  if (managed.unknown || key.unknown)
    return wasEncrypted && (isText(key.before) || managed.unknown)
      ? [review(["nobody can say yet how messages are encrypted"])]
      : [];
  if (wasEncrypted && managed.after !== true && !isText(key.after))
    return [block("unprotect", ["encryption of the queue is off"])];
  if ((key.before ?? "") === (key.after ?? "")) return [];
  return [review(["another key encrypts messages: whoever sends or receives needs it"])];
}

/** Logs, alarms and dashboards. */
export const OBSERVATION: RuleTable = {
  aws_cloudwatch_log_group: {
    computed: ["arn"],
    attributes: {
      retention_in_days: keepsLonger("log events go sooner", { absent: Number.POSITIVE_INFINITY, forever: 0 }),
      skip_destroy: harmlessWhen(
        (before, after) => after === true || before !== true,
        "the log group goes with its resource",
      ),
      deletion_protection_enabled: guard("deletion protection is off"),
      kms_key_id: guard("encryption with its own key is off", {
        isOn: isText,
        altered: "another key encrypts new events, and readers need it",
      }),
    },
  },
  aws_cloudwatch_dashboard: { computed: ["dashboard_arn"], attributes: { dashboard_body: harmless } },
  aws_cloudwatch_query_definition: {
    computed: ["arn", "query_definition_id"],
    attributes: { name: harmless, query_string: harmless, log_group_names: harmless },
  },
  aws_cloudwatch_log_subscription_filter: {
    attributes: { destination_arn: does("who reads the log"), filter_pattern: does("what of the log is sent on") },
    created: "the log is sent on from now on",
  },
  aws_cloudwatch_log_metric_filter: {
    attributes: {
      pattern: does("what is counted"),
      metric_transformation: does("what is counted, and under which name"),
    },
  },
  aws_resourcegroups_group: { computed: ["arn"], attributes: { description: harmless, resource_query: harmless } },
  aws_xray_group: { computed: ["arn"], attributes: { filter_expression: harmless, insights_configuration: harmless } },
};
