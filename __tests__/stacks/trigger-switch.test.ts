import fc from "fast-check";
import { type JsonObject, type SynthesizedStack, synthesizedStack } from "../support/synthesized-stack";

/**
 * Terraform applies a change in any order that its graph allows: what is made or changed comes after all that it depends on, what is
 * destroyed before all that it depended on. Nothing else is promised.
 */
interface Operation {
  readonly kind: "write" | "destroy";
  readonly address: string;
}

const NOTIFICATION = "aws_s3_bucket_notification.upload_trigger";
const PERMISSION = "aws_lambda_permission.upload_trigger";
const QUEUE = "aws_sqs_queue.queued_uploads_upload_queue";
const QUEUE_POLICY = "aws_sqs_queue_policy.queued_uploads_upload_queue";

const byAddress = (stack: SynthesizedStack) =>
  new Map(stack.elements.map(({ address, written }) => [address, written]));

/** By address, all that an element depends on, directly or through others: by `depends_on` and by references. */
function dependencies(stack: SynthesizedStack): ReadonlyMap<string, ReadonlySet<string>> {
  const elements = byAddress(stack);
  const known = new Map<string, ReadonlySet<string>>();
  const all = (address: string): ReadonlySet<string> => {
    const found =
      known.get(address) ??
      new Set(directDependencies(elements.get(address) ?? {}).flatMap((one) => [one, ...all(one)]));
    known.set(address, found);
    return found;
  };
  for (const address of elements.keys()) all(address);
  return known;
}

function directDependencies({ depends_on: named = [], ...rest }: JsonObject): readonly string[] {
  const references = JSON.stringify(rest).matchAll(/\$\{((?:data\.)?[a-z0-9_]+\.[a-z0-9_]+)\./g);
  return [...(named as string[]), ...[...references].flatMap(([, reference]) => reference ?? [])];
}

function operationsOf(before: SynthesizedStack, after: SynthesizedStack): readonly Operation[] {
  const [old, wanted] = [byAddress(before), byAddress(after)];
  return [
    ...[...wanted]
      .filter(([address, written]) => JSON.stringify(old.get(address)) !== JSON.stringify(written))
      .map(([address]) => ({ kind: "write", address }) as const),
    ...[...old.keys()]
      .filter((address) => !wanted.has(address))
      .map((address) => ({ kind: "destroy", address }) as const),
  ];
}

/** Draws one order of all that the graph allows, by numbers. */
function ordersOf(before: SynthesizedStack, after: SynthesizedStack) {
  const [old, wanted] = [dependencies(before), dependencies(after)];
  const operations = operationsOf(before, after);
  const waits = (one: Operation, other: Operation): boolean =>
    one.kind === other.kind &&
    (one.kind === "write" ? wanted.get(one.address)?.has(other.address) : old.get(other.address)?.has(one.address)) ===
      true;
  return (draws: readonly number[]): readonly Operation[] => {
    let left = operations;
    const order: Operation[] = [];
    for (let step = 0; left.length > 0; step++) {
      const ready = left.filter((one) => !left.some((other) => other !== one && waits(one, other)));
      const next = ready[(draws[step % draws.length] ?? 0) % ready.length];
      if (!next) throw new Error("the graph must have no cycle");
      order.push(next);
      left = left.filter((operation) => operation !== next);
    }
    return order;
  };
}

/** Whether S3 may deliver the event of an upload to where the notification sends it. */
function deliverable(state: ReadonlyMap<string, object>): boolean {
  const { queue } = { ...state.get(NOTIFICATION) } as { readonly queue?: unknown };
  if (queue === undefined) return state.has(PERMISSION);
  return state.has(QUEUE) && JSON.stringify(state.get(QUEUE_POLICY) ?? "").includes("AllowUploadsFromSourceBucket");
}

/** The operations after which S3 may not deliver, in one order of applying a switch. */
function gaps(before: SynthesizedStack, after: SynthesizedStack, order: readonly Operation[]): readonly Operation[] {
  const state = new Map<string, object>(byAddress(before));
  const wanted = byAddress(after);
  return order.filter(({ kind, address }) => {
    if (kind === "destroy") state.delete(address);
    else state.set(address, wanted.get(address) ?? {});
    return !deliverable(state);
  });
}

const stackWith = (trigger: string) => synthesizedStack({ UPLOAD_TRIGGER: trigger });
const draws = fc.array(fc.nat(), { minLength: 1, maxLength: 30 });

describe("a switch of UPLOAD_TRIGGER", () => {
  test.each([
    ["lambda", "queue"],
    ["queue", "drain"],
    ["drain", "lambda"],
    ["drain", "queue"],
    ["lambda", "drain"],
  ])("from %s to %s has no moment in which S3 may not deliver", (from, to) => {
    const [before, after] = [stackWith(from), stackWith(to)];
    const order = ordersOf(before, after);
    fc.assert(
      fc.property(draws, (numbers) => {
        expect(gaps(before, after, order(numbers))).toEqual([]);
      }),
    );
  });

  test("from queue to lambda without draining has one, because the queue may go first", () => {
    const [before, after] = [stackWith("queue"), stackWith("lambda")];
    const order = ordersOf(before, after);
    const all = fc.sample(draws, 200).flatMap((numbers) => gaps(before, after, order(numbers)));
    expect(all).not.toEqual([]);
  });

  test("from drain to lambda leaves the notification alone, and destroys consumers, policies and queues", () => {
    const operations = operationsOf(stackWith("drain"), stackWith("lambda"));
    expect(operations.filter(({ address }) => address === PERMISSION)).toEqual([]);
    expect(operations.filter(({ kind }) => kind === "destroy").map(({ address }) => address)).toEqual(
      expect.arrayContaining([QUEUE, QUEUE_POLICY, "aws_lambda_event_source_mapping.queued_uploads_image_processor"]),
    );
  });
});
