import type { Json, JsonObject } from "../model/json";
import { type Line, line, quoteAll } from "../model/line";
import { type Change, isDestroyed, isUnknown, type PlannedChanges } from "./change";
import { withoutKeys } from "./configuration";

/** Attributes by which other resources name the one that they belong to. */
const NAMES = ["id", "arn", "bucket", "name", "url", "function_name"] as const;
/** Attributes that name the resource that another one belongs to. */
const SUBJECTS = ["bucket", "queue_url", "topic_arn", "function_name", "table_name", "role"] as const;
/** So many resources that name one account are no coincidence. */
const MIN_RESOURCES = 3;
/** Types that others say something about, such as a bucket's policy. */
const SUBJECT_TYPES = new Set([
  "aws_s3_bucket",
  "aws_sqs_queue",
  "aws_sns_topic",
  "aws_lambda_function",
  "aws_dynamodb_table",
  "aws_iam_role",
  "aws_kms_key",
]);
/** Types whose `arn` is somebody else's, which they are about. */
const ABOUT_ARN = new Set(["aws_sns_topic_policy", "aws_cloudwatch_event_target", "aws_ssm_parameter"]);

/** What one change has to do with the others of its plan, and with the account that it is made for. */
export class PlanContext {
  /** Accounts that existing resources of the plan lie in; empty where the plan does not tell. */
  readonly ownAccounts: ReadonlySet<string>;
  private readonly buckets: ReadonlySet<Json>;
  private readonly addresses: ReadonlySet<string>;
  private readonly ending: ReadonlySet<Json>;
  private readonly beginning: ReadonlySet<Json>;
  private readonly created = new Map<string, Change[]>();

  constructor(readonly plan: PlannedChanges) {
    const { changes } = plan;
    this.ownAccounts = ownAccounts(plan);
    this.addresses = new Set(changes.filter(({ isData }) => !isData).map(({ address }) => withoutKeys(address)));
    const buckets = changes.filter(({ type }) => type === "aws_s3_bucket");
    this.buckets = new Set(
      buckets.flatMap(({ before, after }) => [before.bucket, after.bucket, before.id]).filter(isName),
    );
    const subjects = changes.filter(({ type }) => SUBJECT_TYPES.has(type));
    this.ending = new Set(subjects.filter(isDestroyed).flatMap(({ before }) => namesIn(before)));
    const starts = changes.filter(({ kind }) => kind === "create" || kind === "replace");
    const fresh = starts.filter(({ type, importedId }) => SUBJECT_TYPES.has(type) && importedId === undefined);
    this.beginning = new Set(fresh.flatMap(({ after }) => namesIn(after)));
    for (const change of starts) this.created.set(change.type, [...(this.created.get(change.type) ?? []), change]);
  }

  /** Whether the bucket, queue or the like that this resource belongs to is destroyed by the same plan. */
  losesSubject({ type, before }: Change): boolean {
    return subjectsOf(type).some((attribute) => isName(before[attribute]) && this.ending.has(before[attribute]));
  }

  /** Whether that bucket, queue or the like is made by the same plan, and so has nothing in it. */
  hasNewSubject(change: Change): boolean {
    return subjectsOf(change.type).some((attribute) => {
      const name = change.after[attribute];
      if (isUnknown(change, attribute)) return this.refersToPlanAlone(change, attribute) !== false;
      return isName(name) && this.beginning.has(name);
    });
  }

  /** Whether the plan begins to keep old versions in the bucket that the change is about: there are none yet. */
  startsVersioning({ after }: Change): boolean {
    return this.plan.changes.some(
      ({ type, kind, after: versioning }) =>
        type === "aws_s3_bucket_versioning" &&
        kind === "create" &&
        isName(after.bucket) &&
        versioning.bucket === after.bucket,
    );
  }

  /** Whether that bucket exists already and comes under Terraform with this plan. */
  importsSubject({ after }: Change): boolean {
    return this.plan.changes.some(
      ({ type, importedId, after: subject }) =>
        importedId !== undefined && SUBJECT_TYPES.has(type) && isName(after.bucket) && subject.bucket === after.bucket,
    );
  }

  /** A resource that the plan creates in the likeness of one that it destroys: most likely that one, renamed. */
  successorOf(change: Change): Change | undefined {
    if (change.kind !== "delete" || change.deposed) return undefined;
    const names = [...subjectsOf(change.type), ...NAMES].filter((attribute) => isName(change.before[attribute]));
    return this.created
      .get(change.type)
      ?.find(({ kind, after }) => kind === "create" && names.some((name) => after[name] === change.before[name]));
  }

  /** Whether a bucket of this name is managed, or was, by the resources of this plan. */
  hasBucket(name: string): boolean {
    return this.buckets.has(name);
  }

  /** Whether an account is not one that this plan's resources lie in. Where the plan does not tell, every one may be. */
  isForeign(account: string): boolean {
    return !this.ownAccounts.has(account);
  }

  /** A resource of this type that the attribute has this value of, as it will be. */
  find(type: string, attribute: string, value: Json | undefined): JsonObject | undefined {
    return this.plan.changes.find((change) => change.type === type && change.after[attribute] === value)?.after;
  }

  /**
   * Whether the expression of an attribute that is known after apply names resources of this plan, and nothing else;
   * undefined where the plan does not tell.
   */
  refersToPlanAlone({ address }: Change, attribute: string): boolean | undefined {
    const { configuration } = this.plan;
    if (configuration.isConfigured(address, attribute) === undefined) return undefined;
    const references = configuration.referencesOf(address, attribute);
    return references.length > 0 && references.every((reference) => this.addresses.has(reference));
  }

  /** `: it refers to aws_sqs_queue.uploads`, where the plan tells. */
  describeReferences({ address }: Change, attribute: string): Line {
    const references = this.plan.configuration.referencesOf(address, attribute);
    return references.length === 0 ? [] : line`: it refers to ${quoteAll(references)}`;
  }
}

function ownAccounts({ changes, dataSources, drift }: PlannedChanges): ReadonlySet<string> {
  const identities = dataSources
    .filter(({ type }) => type === "aws_caller_identity")
    .map(({ values }) => values.account_id);
  if (identities.some(isName)) return new Set(identities.filter(isName));
  const existing = [...changes, ...drift].filter(({ isData, before }) => !isData && Object.keys(before).length > 0);
  const own = existing.flatMap(({ type, before }) => [
    ...(ABOUT_ARN.has(type) ? [] : [accountIn(before.arn)]),
    before.owner_id,
    type === "aws_sns_topic" ? before.owner : undefined,
  ]);
  if (own.some(isName)) return new Set(own.filter(isName));
  const named = new Set(existing.flatMap(({ before }) => accountsIn(JSON.stringify(before))));
  return named.size > 0 ? named : new Set(accountOfMost(changes));
}

/** Of a first creation: the one account that several resources name, and more of them than name any other. */
function accountOfMost(changes: readonly Change[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { after } of changes)
    for (const account of new Set(accountsIn(JSON.stringify(after))))
      counts.set(account, (counts.get(account) ?? 0) + 1);
  const [first, second] = [...counts].sort(([, one], [, other]) => other - one);
  return first && first[1] >= MIN_RESOURCES && first[1] > (second?.[1] ?? 0) ? [first[0]] : [];
}

function subjectsOf(type: string): readonly string[] {
  return ABOUT_ARN.has(type) ? [...SUBJECTS, "arn"] : SUBJECTS;
}

function accountIn(arn: Json | undefined): string | undefined {
  return typeof arn === "string" ? accountsIn(arn)[0] : undefined;
}

/** Accounts that ARNs, queue addresses and image addresses in the text lie in. */
export function accountsIn(text: string): readonly string[] {
  const found = text.matchAll(
    /arn:aws[\w-]*:[\w-]*:[\w-]*:(?<arn>\d+):|\bsqs\.[\w.-]+\/(?<queue>\d{12})\/|(?<image>\d{12})\.dkr\.ecr\./g,
  );
  return [...found].map(({ groups }) => groups?.arn ?? groups?.queue ?? groups?.image ?? "");
}

function isName(value: Json | undefined): value is string {
  return typeof value === "string" && value !== "";
}

function namesIn(values: JsonObject): Json[] {
  return NAMES.map((name) => values[name]).filter(isName);
}
