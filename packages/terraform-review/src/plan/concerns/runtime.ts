import type { Difference } from "../../model/difference";
import type { Json } from "../../model/json";
import { type Line, line } from "../../model/line";
import { showDifference, showValue } from "../../render/show-difference";
import { shorten } from "../../render/text";
import { type Change, differencesOf } from "../change";
import { type Finding, type Severity, worst } from "../finding";
import type { PlanContext } from "../plan-context";
import { finding } from "./concern";

type Weigh = (difference: Difference) => Severity;

const always = (severity: Severity) => () => severity;
/** Less than before may be too little. */
const whenLess: Weigh = ({ before, after, unknown }) =>
  unknown || (typeof after === "number" && typeof before === "number" && after < before) ? "review" : "note";

/** What decides how a function runs, by attribute. */
const RUNTIME_ATTRIBUTES: Readonly<Record<string, Weigh>> = {
  memory_size: whenLess,
  timeout: whenLess,
  ephemeral_storage: whenLess,
  reserved_concurrent_executions: ({ before, after }) => (isLimitLess(before, after) ? "review" : "note"),
  runtime: always("review"),
  architectures: always("review"),
  handler: always("review"),
  layers: always("review"),
  package_type: always("review"),
  image_uri: always("note"),
  role: always("review"),
  environment: ({ after, unknown }) => (after === undefined && !unknown ? "review" : "note"),
  dead_letter_config: ({ after, unknown }) => ((after === undefined || after === null) && !unknown ? "review" : "note"),
  source_code_hash: always("note"),
};

export function isRuntimeAttribute({ type }: Change, attribute: string | number | undefined): boolean {
  return type === "aws_lambda_function" && Object.hasOwn(RUNTIME_ATTRIBUTES, String(attribute));
}

/** Fewer at once, or none; no limit takes from what other functions have. */
function isLimitLess(before: Json | undefined, after: Json | undefined): boolean {
  const limit = (value: Json | undefined) => (typeof value === "number" && value >= 0 ? value : undefined);
  const [from, to] = [limit(before), limit(after)];
  return to === undefined || (from !== undefined ? to < from : to === 0);
}

/** How functions run from now on. */
export function reviewRuntime(change: Change, context: PlanContext): readonly Finding[] {
  if (change.type !== "aws_lambda_function" || (change.kind !== "update" && change.kind !== "replace")) return [];
  const differences = differencesOf(change).filter(({ path }) => isRuntimeAttribute(change, path[0]));
  if (differences.length === 0) return [];
  const severity = worst(
    differences.map((difference) => RUNTIME_ATTRIBUTES[String(difference.path[0])]?.(difference) ?? "note"),
  );
  return [
    finding(
      change,
      "runtime",
      severity,
      [],
      differences.map((difference) => describe(change, difference, context)),
    ),
  ];
}

function describe(change: Change, difference: Difference, context: PlanContext): Line {
  const { path, before, after, sensitive } = difference;
  const name = String(path.at(-1));
  if (path[0] === "source_code_hash") return describeCode(change, difference, context);
  if (path[0] !== "environment" || path.length < 4) return showDifference(difference);
  if (before === undefined) return line`environment gains ${shorten(name)} = ${showValue(after, difference)}`;
  if (after === undefined && !difference.unknown)
    return line`environment loses ${shorten(name)}, which was ${showValue(before, { sensitive })}`;
  return line`environment ${showDifference({ ...difference, path: [name] })}`;
}

/** The hash of the package, with its size in bytes where the plan tells. */
function describeCode({ before }: Change, difference: Difference, { plan }: PlanContext): Line {
  const size =
    typeof before.source_code_size === "number" && before.source_code_size > 0 ? before.source_code_size : undefined;
  const nextSize = plan.archiveSizes.get(String(difference.after));
  if (difference.sensitive || (size === undefined && nextSize === undefined))
    return line`code: ${showDifference(difference)}`;
  const show = (bytes: number | undefined): Line => (bytes === undefined ? ["unknown size"] : line`${bytes} bytes`);
  return line`code: ${showDifference(difference)} (${show(size)} → ${show(nextSize)})`;
}
