import type { ImageRecord } from "../../lambda-src/records/image-record";
import type { Clause, RecordUpdate } from "../../lambda-src/records/record-updates";

/**
 * What DynamoDB makes of an update of `item`: the item afterwards, or undefined when the condition does not hold. An
 * attribute that is absent, or of another type than the operand, is neither equal to it nor below or above it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export function conditionalUpdate(update: RecordUpdate, item: ImageRecord | undefined): ImageRecord | undefined {
  if (!conditionHolds(update.condition, item)) return undefined;
  const { key, set, setIfAbsent = {}, increment, remove = [] } = update;
  const attributes: Record<string, unknown> = { ...key, ...item };
  // Every operand is read from the item as it was before the update.
  assign(attributes, setIfAbsent, (name) => item === undefined || !(name in item));
  assign(attributes, set, () => true);
  if (increment) attributes[increment] = Number(item?.[increment] ?? 0) + 1;
  for (const name of remove) delete attributes[name];
  return attributes as unknown as ImageRecord;
}

function assign(
  target: Record<string, unknown>,
  source: Partial<ImageRecord>,
  wanted: (name: string) => boolean,
): void {
  for (const name in source) {
    const value = source[name as keyof ImageRecord];
    if (value !== undefined && wanted(name)) target[name] = value;
  }
}

export function conditionHolds(clause: Clause, item: ImageRecord | undefined): boolean {
  switch (clause.kind) {
    case "absent":
      return item?.[clause.attribute] === undefined;
    case "equals":
      return item?.[clause.attribute] === clause.value;
    case "below": {
      const value = item?.[clause.attribute];
      return typeof value === "number" && value < clause.value;
    }
    case "above": {
      const value = item?.[clause.attribute];
      return typeof value === "number" && value > clause.value;
    }
    case "oneOf":
      return clause.values.some((value) => value === item?.[clause.attribute]);
    case "all":
      return clause.clauses.every((part) => conditionHolds(part, item));
    case "any":
      return clause.clauses.some((part) => conditionHolds(part, item));
  }
}
