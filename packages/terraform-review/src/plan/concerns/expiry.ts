import { type Json, type JsonObject, listIn, objectIn } from "../../model/json";
import { type Line, line } from "../../model/line";
import { isMasked, maskAt } from "../../model/mask";
import type { Change } from "../change";
import type { PlanContext } from "../plan-context";
import type { Remark } from "./concern";

/** When a rule deletes the current versions of objects, after so many days; a date counts as at once. */
interface Expiry {
  readonly prefix: string;
  /** Filters by tag or size as well. */
  readonly isPartial: boolean;
  readonly days: number;
}

/** Objects that a bucket deletes sooner than it did, or that it never deleted until now. */
export function reviewExpiry(change: Change, context: PlanContext): readonly Remark[] {
  if (change.type !== "aws_s3_bucket_lifecycle_configuration" || change.kind === "delete") return [];
  if (context.hasNewSubject(change)) return [];
  if (isUnknown(change)) return [{ severity: "review", words: ["when objects expire is known after apply"] }];
  if (change.kind === "create") return expiriesIn(change.after).map((expiry) => toNewRemark(expiry, change));
  const before = expiriesIn(change.before);
  const sooner = expiriesIn(change.after).flatMap((expiry) => {
    const covering = before.filter((earlier) => !earlier.isPartial && expiry.prefix.startsWith(earlier.prefix));
    const earlier = Math.min(...covering.map(({ days }) => days));
    return expiry.days < earlier ? [toRemark(expiry, earlier, change)] : [];
  });
  return [...sooner, ...reviewOldVersions(change)];
}

/** Attributes that the provider computes beside a known expiry say nothing. */
function isUnknown({ after, unknown }: Change): boolean {
  if (maskAt(unknown, ["rule"]) === true) return true;
  const rules = Math.max(listIn(after.rule).length, listIn(maskAt(unknown, ["rule"])).length);
  return Array.from({ length: rules }, (_, index) => index).some((index) => {
    const path = ["rule", index, "expiration"];
    if (maskAt(unknown, path) === true) return true;
    const expiration = objectIn(listIn(objectIn(listIn(after.rule)[index]).expiration)[0]);
    const isKnown =
      Boolean(expiration.days) || Boolean(expiration.date) || expiration.expired_object_delete_marker === true;
    return !isKnown && ["days", "date"].some((name) => maskAt(unknown, [...path, 0, name]) === true);
  });
}

function expiriesIn(configuration: JsonObject): readonly Expiry[] {
  return listIn(configuration.rule)
    .map(objectIn)
    .filter(({ status }) => status === "Enabled")
    .flatMap((rule) => {
      const days = listIn(rule.expiration).map(objectIn).flatMap(daysUntil);
      const filter = objectIn(listIn(rule.filter)[0]);
      const both = objectIn(listIn(filter.and)[0]);
      const prefix = [filter.prefix, both.prefix, rule.prefix].find((text) => typeof text === "string" && text !== "");
      const isPartial = [filter, both].some((part) => isNarrowing(part));
      return days.map((count) => ({ prefix: String(prefix ?? ""), isPartial, days: count }));
    });
}

function daysUntil({ days, date }: JsonObject): number[] {
  if (typeof days === "number" && days > 0) return [days];
  return typeof date === "string" && date !== "" ? [0] : [];
}

function isNarrowing(filter: JsonObject): boolean {
  const { tag, tags, object_size_greater_than: above, object_size_less_than: below } = filter;
  const present = (value: Json | undefined) => Object.keys(objectIn(value)).length > 0 || listIn(value).length > 0;
  return present(tag) || present(tags) || Boolean(above) || Boolean(below);
}

function describe({ prefix, days }: Expiry, { afterSensitive }: Change): { readonly which: Line; readonly when: Line } {
  const isShown = prefix !== "" && !isMasked(maskAt(afterSensitive, ["rule"]));
  return {
    which: isShown ? line`objects under ${prefix}` : ["objects"],
    when: days === 0 ? ["on a date"] : line`after ${days} days`,
  };
}

function toRemark(expiry: Expiry, earlier: number, change: Change): Remark {
  const { which, when } = describe(expiry, change);
  if (earlier === Number.POSITIVE_INFINITY)
    return {
      severity: expiry.isPartial ? "review" : "block",
      words: line`${which} were kept for ever, and are deleted ${when} from now on`,
      destroysData: true,
    };
  return { severity: "review", words: line`${which} are deleted ${when}, not after ${earlier} as before` };
}

/** The bucket exists, and its rules until now lie outside the plan. */
function toNewRemark(expiry: Expiry, change: Change): Remark {
  const { which, when } = describe(expiry, change);
  return { severity: "review", words: line`${which} of an existing bucket are deleted ${when}`, destroysData: true };
}

function reviewOldVersions({ before, after }: Change): readonly Remark[] {
  const shortest = (configuration: JsonObject) =>
    Math.min(
      ...listIn(configuration.rule)
        .map(objectIn)
        .filter(({ status }) => status === "Enabled")
        .flatMap((rule) => listIn(rule.noncurrent_version_expiration).map(objectIn))
        .map(({ noncurrent_days: days }) => (typeof days === "number" ? days : Number.POSITIVE_INFINITY)),
    );
  const [from, to] = [shortest(before), shortest(after)];
  if (to >= from || from === Number.POSITIVE_INFINITY) return [];
  return [{ severity: "review", words: line`old versions are deleted after ${to} days, not after ${from} as before` }];
}
