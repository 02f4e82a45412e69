import type { AttributeValue, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Clause, RecordUpdate } from "../records/record-updates";

type ExpressionInput = Pick<
  UpdateItemCommandInput,
  "ConditionExpression" | "UpdateExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
>;

/**
 * A record update in DynamoDB's expression language. Every name and value is a placeholder, so reserved words such as
 * `timestamp` and `ttl` need no care.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export class UpdateExpression {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};

  constructor(private readonly update: RecordUpdate) {}

  toCommandInput(): ExpressionInput {
    const { condition, set, setIfAbsent = {}, increment, remove = [] } = this.update;
    const assignments = [
      ...defined(set).map(([name, value]) => `${this.#name(name)} = ${this.#value(value)}`),
      ...defined(setIfAbsent).map(
        ([name, value]) => `${this.#name(name)} = if_not_exists(${this.#name(name)}, ${this.#value(value)})`,
      ),
    ];
    const clauses = [
      `SET ${assignments.join(", ")}`,
      ...(increment ? [`ADD ${this.#name(increment)} ${this.#value(1)}`] : []),
      ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => this.#name(name)).join(", ")}`] : []),
    ];
    return {
      ConditionExpression: this.#condition(condition),
      UpdateExpression: clauses.join(" "),
      ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name])),
      ExpressionAttributeValues: this.#values,
    };
  }

  #condition(clause: Clause): string {
    switch (clause.kind) {
      case "absent":
        return `attribute_not_exists(${this.#name(clause.attribute)})`;
      case "equals":
        return `${this.#name(clause.attribute)} = ${this.#value(clause.value)}`;
      case "below":
        return `${this.#name(clause.attribute)} < ${this.#value(clause.value)}`;
      case "above":
        return `${this.#name(clause.attribute)} > ${this.#value(clause.value)}`;
      case "oneOf":
        return `${this.#name(clause.attribute)} IN (${clause.values.map((value) => this.#value(value)).join(", ")})`;
      case "all":
        return `(${clause.clauses.map((part) => this.#condition(part)).join(" AND ")})`;
      case "any":
        return `(${clause.clauses.map((part) => this.#condition(part)).join(" OR ")})`;
    }
  }

  #name(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known) return known;
    const placeholder = `#${this.#names.size}`;
    this.#names.set(attribute, placeholder);
    return placeholder;
  }

  #value(value: unknown): string {
    const placeholder = `:${Object.keys(this.#values).length}`;
    const { value: marshalled } = marshall({ value }, { removeUndefinedValues: true });
    if (marshalled) this.#values[placeholder] = marshalled;
    return placeholder;
  }
}

const defined = (attributes: object): [string, unknown][] =>
  Object.entries(attributes).filter(([, value]) => value !== undefined);
