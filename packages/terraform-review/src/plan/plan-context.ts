import type { Json } from "../model/json";
import { type Change, isDestroyed, type PlannedChanges } from "./change";

/** Attributes by which other resources name the one that they belong to. */
const NAMES = ["id", "arn", "bucket", "name", "url", "function_name"] as const;
/** Attributes that name the resource that another one belongs to. */
const SUBJECTS = ["bucket", "queue_url", "arn", "topic_arn", "function_name", "table_name", "role"] as const;

/** What one change has to do with the others of its plan. */
export class PlanContext {
  private readonly ending: ReadonlySet<Json>;
  private readonly beginning: ReadonlySet<Json>;
  private readonly created = new Map<string, Change[]>();

  constructor(
    readonly plan: PlannedChanges,
    /** Addresses whose destruction is meant. */
    readonly allowed: ReadonlySet<string>,
  ) {
    const { changes } = plan;
    this.ending = new Set(changes.filter((change) => isDestroyed(change) && isSubject(change)).flatMap(namesBefore));
    const starts = changes.filter(({ kind }) => kind === "create" || kind === "replace");
    this.beginning = new Set(starts.filter((change) => isSubject(change) && !isImported(change)).flatMap(namesAfter));
    for (const change of starts) {
      const ofType = this.created.get(change.type);
      if (ofType) ofType.push(change);
      else this.created.set(change.type, [change]);
    }
  }

  /** Whether the bucket, queue or the like that this resource belongs to is destroyed by the same plan. */
  losesSubject({ before }: Change): boolean {
    return SUBJECTS.some((attribute) => isName(before[attribute]) && this.ending.has(before[attribute]));
  }

  /** Whether that bucket, queue or the like is made by the same plan, and so has nothing in it. */
  hasNewSubject({ after, unknown }: Change): boolean {
    return SUBJECTS.some((attribute) => {
      const isUnknown = unknown === true || (unknown as { [key: string]: Json } | null)?.[attribute] === true;
      return isUnknown || (isName(after[attribute]) && this.beginning.has(after[attribute]));
    });
  }

  /** A resource that the plan creates in the likeness of one that it destroys: most likely that one, renamed. */
  successorOf(change: Change): Change | undefined {
    if (change.kind !== "delete" || change.deposed) return undefined;
    const names = [...SUBJECTS, ...NAMES].filter((attribute) => isName(change.before[attribute]));
    return this.created
      .get(change.type)
      ?.find(({ kind, after }) => kind === "create" && names.some((name) => after[name] === change.before[name]));
  }
}

/** Not a resource that only says something about another one, such as a bucket's policy. */
function isSubject({ type }: Change): boolean {
  return /^aws_(?:s3_bucket|sqs_queue|sns_topic|lambda_function|dynamodb_table|iam_role|kms_key)$/.test(type);
}

function isImported({ importedId }: Change): boolean {
  return importedId !== undefined;
}

function isName(value: Json | undefined): value is string {
  return typeof value === "string" && value !== "";
}

function namesBefore({ before }: Change): Json[] {
  return NAMES.map((name) => before[name]).filter(isName);
}

function namesAfter({ after }: Change): Json[] {
  return NAMES.map((name) => after[name]).filter(isName);
}
