type Item = Readonly<Record<string, unknown>>;

/** The part of a request that an expression refers to, values unmarshalled. */
export interface ExpressionInput {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A condition, key condition or filter, read once for each text. */
type Condition = (item: Item | undefined, input: ExpressionInput) => boolean;
type Operand = (item: Item | undefined, input: ExpressionInput) => unknown;

const TOKENS = /\s*([#:]?[\w.]+|<=|>=|<>|[()=<>,])/gy;
const conditions = new Map<string, Condition>();

/**
 * Whether DynamoDB's condition holds for an item: comparisons, BETWEEN, IN, attribute_exists, attribute_not_exists, AND, OR, NOT.
 * An attribute that is absent, or of another type than the operand, compares to nothing.
 * @throws {SyntaxError} for anything else
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export function expressionHolds(text: string | undefined, item: Item | undefined, input: ExpressionInput): boolean {
  if (text === undefined) return true;
  const known = conditions.get(text);
  const condition = known ?? new ConditionParser(text).parse();
  if (!known) conditions.set(text, condition);
  return condition(item, input);
}

class ConditionParser {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(private readonly text: string) {
    this.#tokens = [...text.matchAll(TOKENS)].map(([, token = ""]) => token);
  }

  parse(): Condition {
    const condition = this.#any();
    if (this.#position < this.#tokens.length) throw this.#unexpected();
    return condition;
  }

  #any(): Condition {
    const parts = [this.#all()];
    while (this.#accept("OR")) parts.push(this.#all());
    return (item, input) => parts.some((part) => part(item, input));
  }

  #all(): Condition {
    const parts = [this.#one()];
    while (this.#accept("AND")) parts.push(this.#one());
    return (item, input) => parts.every((part) => part(item, input));
  }

  #one(): Condition {
    if (this.#accept("NOT")) {
      const part = this.#one();
      return (item, input) => !part(item, input);
    }
    if (this.#accept("(")) {
      const part = this.#any();
      this.#expect(")");
      return part;
    }
    for (const [name, exists] of [
      ["attribute_exists", true],
      ["attribute_not_exists", false],
    ] as const)
      if (this.#accept(name)) {
        this.#expect("(");
        const operand = this.#operand();
        this.#expect(")");
        return (item, input) => (operand(item, input) !== undefined) === exists;
      }
    return this.#comparison(this.#operand());
  }

  #comparison(left: Operand): Condition {
    if (this.#accept("BETWEEN")) {
      const low = this.#operand();
      this.#expect("AND");
      const high = this.#operand();
      return (item, input) =>
        compares(left(item, input), ">=", low(item, input)) && compares(left(item, input), "<=", high(item, input));
    }
    if (this.#accept("IN")) {
      this.#expect("(");
      const values = [this.#operand()];
      while (this.#accept(",")) values.push(this.#operand());
      this.#expect(")");
      return (item, input) => values.some((value) => compares(left(item, input), "=", value(item, input)));
    }
    const operator = this.#next();
    const right = this.#operand();
    return (item, input) => compares(left(item, input), operator, right(item, input));
  }

  #operand(): Operand {
    const token = this.#next();
    if (token.startsWith(":")) return (_, { values }) => values?.[token];
    if (token.startsWith("#")) return (item, { names }) => item?.[names?.[token] ?? ""];
    if (/^\w+$/.test(token)) return (item) => item?.[token];
    throw this.#unexpected();
  }

  #next(): string {
    this.#position += 1;
    return this.#tokens[this.#position - 1] ?? "";
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#position] !== token) return false;
    this.#position += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw this.#unexpected();
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(`token ${this.#position} of the expression is not understood: ${this.text}`);
  }
}

function compares(left: unknown, operator: string, right: unknown): boolean {
  if (operator === "=") return left !== undefined && left === right;
  if (operator === "<>") return left !== right;
  if (typeof left !== typeof right || left === undefined || right === undefined) return false;
  const [a, b] = [left as number, right as number];
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      throw new SyntaxError(`comparison must be one of = <> < <= > >=, got ${operator}`);
  }
}

/**
 * The item after an update of the forms SET path = value, SET path = if_not_exists(path, value), ADD path value and REMOVE path.
 * Every operand is read from the item as it was before.
 * @throws {SyntaxError} for anything else
 */
export function updatedBy(text: string, item: Item | undefined, { names, values }: ExpressionInput): Item {
  const updated: Record<string, unknown> = { ...item };
  const nameOf = (token: string) => names?.[token] ?? token;
  for (const [, clause, list = ""] of text.matchAll(/(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)/g))
    for (const part of list.split(/, (?![^(]*\))/)) {
      const set = /^(\S+) = (?:if_not_exists\(\S+, (:\w+)\)|(:\w+))$/.exec(part);
      const add = /^(\S+) (:\w+)$/.exec(part);
      if (clause === "SET" && set) {
        const [, target = "", ifAbsent, value = ""] = set;
        const name = nameOf(target);
        updated[name] = ifAbsent ? (item?.[name] ?? values?.[ifAbsent]) : values?.[value];
      } else if (clause === "ADD" && add) {
        const name = nameOf(add[1] ?? "");
        updated[name] = Number(item?.[name] ?? 0) + Number(values?.[add[2] ?? ""]);
      } else if (clause === "REMOVE") delete updated[nameOf(part)];
      else throw new SyntaxError(`the update is not understood: ${clause} ${part}`);
    }
  return updated;
}
