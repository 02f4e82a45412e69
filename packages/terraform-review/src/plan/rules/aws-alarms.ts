import { type Json, objectIn } from "../../model/json";
import type { Change } from "../change";
import type { PlanContext } from "../plan-context";
import { does, gainsFreely, harmless, harmlessWhen, type RuleTable } from "./rule";

const TOLD = gainsFreely("the receivers of the alarm");
const WHEN = "when the alarm goes into ALARM";
/** Beyond so many times the threshold before, nobody can say that the metric gets there. */
const MAX_RISE = 10;

const actions = {
  actions_enabled: harmlessWhen((_, after) => after !== false, "the alarm has no active actions"),
  alarm_actions: TOLD,
  ok_actions: TOLD,
  insufficient_data_actions: TOLD,
  alarm_description: harmless,
} as const;

/** Alarms. */
export const ALARMS: RuleTable = {
  aws_cloudwatch_metric_alarm: {
    computed: ["arn"],
    attributes: {
      ...actions,
      threshold: harmlessWhen(isWithinReach, "the metric may never reach the threshold"),
      metric_name: does("the metric that the alarm watches"),
      namespace: does("the metric that the alarm watches"),
      dimensions: does("the metric that the alarm watches"),
      metric_query: does("the metric that the alarm watches"),
      statistic: does("the metric that the alarm watches"),
      extended_statistic: does("the metric that the alarm watches"),
      comparison_operator: does(WHEN),
      evaluation_periods: does(WHEN),
      datapoints_to_alarm: does(WHEN),
      period: does(WHEN),
      treat_missing_data: does("the state of the alarm without data"),
    },
  },
  aws_cloudwatch_composite_alarm: {
    computed: ["arn"],
    attributes: { ...actions, alarm_rule: does(WHEN), actions_suppressor: does("when the actions are suppressed") },
  },
};

/** Whether an alarm with the new threshold still goes off: the highest value that its metric takes, or not far from the old one. */
function isWithinReach(
  before: Json | undefined,
  after: Json | undefined,
  change: Change,
  context: PlanContext,
): boolean {
  if (typeof before !== "number" || typeof after !== "number") return false;
  const operator = String(change.after.comparison_operator ?? "");
  if (operator.includes("LowerOrUpper")) return false;
  if (operator.startsWith("LessThan")) {
    const isReached = operator.endsWith("OrEqualToThreshold") ? after >= 0 : after > 0;
    return isReached && after >= before / MAX_RISE;
  }
  const highest = highestOf(change, context);
  if (highest !== undefined) return after < highest;
  // At zero an alarm on a count would never be quiet.
  return after <= Math.max(before * MAX_RISE, MAX_RISE) && (after > 0 || before <= 0);
}

function highestOf({ after }: Change, context: PlanContext): number | undefined {
  const lambda = context.find("aws_lambda_function", "function_name", objectIn(after.dimensions).FunctionName);
  switch (after.metric_name) {
    case "Duration":
      return typeof lambda?.timeout === "number" ? lambda.timeout * 1000 : undefined;
    case "ConcurrentExecutions":
      return typeof lambda?.reserved_concurrent_executions === "number" && lambda.reserved_concurrent_executions > 0
        ? lambda.reserved_concurrent_executions + 1
        : undefined;
    default:
      return after.unit === "Percent" || /Percent|Utilization/.test(String(after.metric_name)) ? 100 : undefined;
  }
}
