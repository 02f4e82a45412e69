import { isDeepStrictEqual } from "node:util";
import { type Json, type JsonObject, listIn, objectIn } from "../../model/json";
import { type Line, line } from "../../model/line";
import { isMasked, maskAt } from "../../model/mask";
import type { Change } from "../change";
import { block, type Remark, review } from "../finding";
import type { PlanContext } from "../plan-context";

type Effect = "deleted" | "old versions deleted" | "moved" | "old versions moved" | "uploads aborted";

/** What a rule does to some of a bucket's objects after a time. */
interface Deadline {
  readonly effect: Effect;
  readonly prefix: string;
  readonly tags: Json;
  readonly isTagged: boolean;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** A date counts as at once. */
  readonly days: number;
  /** So many old versions are kept whatever their age. */
  readonly keptVersions: number;
  readonly storageClass: string;
}

/** Classes from which an object has to be restored before it can be read. */
const ARCHIVES = /^(?:GLACIER|DEEP_ARCHIVE)$/;

/**
 * Objects that a bucket deletes sooner than it did, or that it never deleted until now: a rule acts on what exists.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
 */
export function examineLifecycle(change: Change, context: PlanContext): readonly Remark[] {
  if (change.kind === "create" && context.hasNewSubject(change) && !context.importsSubject(change)) return [];
  if (isUndecided(change)) return [review(["when objects expire is known after apply"])];
  const before = deadlinesIn(change.before);
  return deadlinesIn(change.after)
    .filter((later) => !before.some((earlier) => covers(earlier, later) && isNoLater(earlier, later)))
    .map((later) => remarkOn(later, before, change, context));
}

/** Attributes that the provider computes beside a known expiry say nothing. */
function isUndecided({ before, after, unknown }: Change): boolean {
  if (maskAt(unknown, ["lifecycle_rule"]) === true && listIn(before.lifecycle_rule).length > 0) return true;
  const mask = maskAt(unknown, ["rule"]);
  if (mask === true) return true;
  return listIn(mask).some((ruleMask, index) => {
    if (ruleMask === true) return true;
    const rule = objectIn(listIn(after.rule)[index]);
    return ["filter", "expiration", "noncurrent_version_expiration"].some((name) => {
      const part = maskAt(ruleMask, [name]);
      if (part === true) return true;
      const isKnown = Object.values(objectIn(rule[name])).some(
        (value) => value !== null && value !== 0 && value !== "",
      );
      return isMasked(part) && !isKnown;
    });
  });
}

function deadlinesIn(configuration: JsonObject): readonly Deadline[] {
  return [...listIn(configuration.rule), ...listIn(configuration.lifecycle_rule)].map(objectIn).flatMap((rule) => {
    if (rule.status !== "Enabled" && rule.enabled !== true) return [];
    const filter = objectIn(rule.filter);
    const both = objectIn(filter.and);
    const pick = (name: string) => [filter[name], both[name], rule[name]].find(isPresent);
    const tags = pick("tag") ?? pick("tags") ?? null;
    const scope = {
      prefix: String(pick("prefix") ?? ""),
      tags,
      isTagged: tags !== null,
      minBytes: Number(pick("object_size_greater_than") ?? 0),
      maxBytes: Number(pick("object_size_less_than") ?? 0) || Number.POSITIVE_INFINITY,
    };
    const each = (name: string, effect: Effect) =>
      listIn(rule[name])
        .map(objectIn)
        .flatMap((part) => deadlineIn(part, effect).map((deadline): Deadline => ({ ...scope, ...deadline })));
    const inlineAbort = rule.abort_incomplete_multipart_upload_days;
    return [
      ...each("expiration", "deleted"),
      ...each("noncurrent_version_expiration", "old versions deleted"),
      ...each("transition", "moved"),
      ...each("noncurrent_version_transition", "old versions moved"),
      ...each("abort_incomplete_multipart_upload", "uploads aborted"),
      ...deadlineIn({ days: inlineAbort ?? 0 }, "uploads aborted").map(
        (deadline): Deadline => ({ ...scope, ...deadline }),
      ),
    ];
  });
}

function deadlineIn(part: JsonObject, effect: Effect) {
  const { date, newer_noncurrent_versions: kept, storage_class: storageClass } = part;
  const days = [part.days, part.noncurrent_days, part.days_after_initiation].find((value) => typeof value === "number");
  const isMove = effect.endsWith("moved");
  const isDue = (typeof days === "number" && (days > 0 || isMove)) || isPresent(date);
  if (!isDue) return [];
  const rest = { keptVersions: Number(kept ?? 0), storageClass: String(storageClass ?? "") };
  return [{ effect, days: isPresent(date) ? 0 : Number(days), ...rest }];
}

function isPresent(value: Json | undefined): boolean {
  if (value === null || value === undefined || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** Whether the earlier deadline meets at least all objects that the later one meets. */
function covers(earlier: Deadline, later: Deadline): boolean {
  return (
    earlier.effect === later.effect &&
    earlier.storageClass === later.storageClass &&
    later.prefix.startsWith(earlier.prefix) &&
    (!earlier.isTagged || isDeepStrictEqual(earlier.tags, later.tags)) &&
    earlier.minBytes <= later.minBytes &&
    earlier.maxBytes >= later.maxBytes
  );
}

function isNoLater(earlier: Deadline, later: Deadline): boolean {
  return earlier.days <= later.days && earlier.keptVersions <= later.keptVersions;
}

function remarkOn(deadline: Deadline, before: readonly Deadline[], change: Change, context: PlanContext): Remark {
  const { effect, days, storageClass, keptVersions } = deadline;
  const which = describeObjects(deadline, change);
  const when: Line = days === 0 ? ["on a date"] : line`after ${days} days`;
  if (effect === "uploads aborted") return review(line`unfinished uploads of ${which} are aborted ${when}`);
  if (effect.endsWith("moved")) {
    const archive = ARCHIVES.test(storageClass) ? [", from which they cannot be read at once"] : [];
    return review(
      line`${effect === "moved" ? [] : ["old versions of "]}${which} move to ${storageClass} ${when}${archive}`,
    );
  }
  const subject = line`${effect === "deleted" ? [] : ["old versions of "]}${which}`;
  const earlier = before.filter((one) => covers(one, deadline));
  const soonest = Math.min(...earlier.map((one) => one.days));
  const kept = effect === "deleted" || keptVersions === 0 ? [] : line`, but for the newest ${keptVersions}`;
  const words =
    earlier.length === 0
      ? newly(subject, when, change)
      : line`${subject} are deleted ${when}${kept}, not ${soonest === 0 ? ["on a date"] : line`after ${soonest} days`} as before`;
  // Imported with its bucket: what deletes objects until now lies outside the plan.
  const isFirst = effect === "old versions deleted" && context.startsVersioning(change);
  const isMild = isFirst || deadline.isTagged || (change.kind === "create" && context.importsSubject(change));
  return isMild ? review(words) : block("expire", words);
}

function newly(subject: Line, when: Line, { kind }: Change): Line {
  return kind === "create"
    ? line`${subject} of an existing bucket are deleted ${when}`
    : line`${subject} were never deleted, and are deleted ${when} from now on`;
}

function describeObjects({ prefix, isTagged, minBytes, maxBytes }: Deadline, { afterSensitive }: Change): Line {
  if (isMasked(maskAt(afterSensitive, ["rule"]))) return ["objects"];
  const sizes = [
    ...(minBytes > 0 ? [line`above ${minBytes} bytes`] : []),
    ...(maxBytes < Number.POSITIVE_INFINITY ? [line`below ${maxBytes} bytes`] : []),
  ].flatMap((part): Line => [" ", ...part]);
  return line`${isTagged ? ["tagged "] : []}objects${prefix === "" ? [] : line` under ${prefix}`}${sizes}`;
}
