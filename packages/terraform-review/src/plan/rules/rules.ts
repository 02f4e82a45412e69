import type { Difference } from "../../model/difference";
import { holdingOf } from "../../model/stores";
import type { Change } from "../change";
import type { PlanContext } from "../plan-context";
import { ALARMS } from "./aws-alarms";
import { CLOUDFRONT } from "./aws-cloudfront";
import { DATABASES } from "./aws-data";
import { IDENTITY, LAMBDA } from "./aws-lambda";
import { MESSAGES, OBSERVATION } from "./aws-messages";
import { S3 } from "./aws-s3";
import { type AttributeRule, guard, harmless, type Judgement, type RuleTable, type TypeRules } from "./rule";

const TYPES: RuleTable = {
  ...S3,
  ...DATABASES,
  ...LAMBDA,
  ...IDENTITY,
  ...MESSAGES,
  ...OBSERVATION,
  ...ALARMS,
  ...CLOUDFRONT,
};

/** Attributes of every type that has rules. */
const COMMON: Readonly<Record<string, AttributeRule>> = {
  tags: harmless,
  tags_all: harmless,
  timeouts: harmless,
  id: harmless,
};

/** Attributes that mean the same wherever they are, also of types without rules. */
const EVERYWHERE: Readonly<Record<string, AttributeRule>> = {
  deletion_protection: guard("deletion protection is off", { isOn: (value) => value === true || value === "ACTIVE" }),
  deletion_protection_enabled: guard("deletion protection is off"),
  enable_deletion_protection: guard("deletion protection is off"),
  encrypted: guard("encryption is off"),
  storage_encrypted: guard("encryption is off"),
  at_rest_encryption_enabled: guard("encryption is off"),
  "encrypt_at_rest.enabled": guard("encryption is off"),
};

const NEEDS_A_LOOK: Judgement = { severity: "review" };

/** What the review knows of a type, or undefined for a type that it vouches for in nothing. */
export function rulesOf(type: string): TypeRules | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

/** How much one difference weighs: what no rule knows needs a look. */
export function judge(difference: Difference, change: Change, context: PlanContext): Judgement {
  const rules = rulesOf(change.type);
  const everywhere = ruleFor(difference.attribute, EVERYWHERE);
  const known = rules && (ruleFor(difference.attribute, rules.attributes) ?? ruleFor(difference.attribute, COMMON));
  if (known) return known.judge(difference, change, context);
  if (rules && isComputed(difference, rules)) return { severity: "note" };
  const found = everywhere?.judge(difference, change, context);
  // A type without rules is never vouched for.
  return found?.severity === "block" ? found : rules && found ? found : NEEDS_A_LOOK;
}

function isComputed({ attribute }: Difference, { computed = [] }: TypeRules): boolean {
  return computed.includes(attribute.split(".")[0] ?? "");
}

/** The rule of the attribute itself, or of the nearest one that it lies in. */
function ruleFor(attribute: string, rules: Readonly<Record<string, AttributeRule>>): AttributeRule | undefined {
  const steps = attribute.split(".");
  for (let length = steps.length; length > 0; length -= 1) {
    const name = steps.slice(0, length).join(".");
    if (Object.hasOwn(rules, name)) return rules[name];
  }
  return undefined;
}

/** One type, as `--list-rules` tells of it. */
export interface ListedType {
  readonly type: string;
  /** What is lost with it. */
  readonly holds: string | undefined;
  readonly harmless: readonly string[];
  /** Harmless in one direction, or judged together with others. */
  readonly judged: readonly string[];
}

/** Every type that has rules for its attributes. Others are looked at whatever they do, and stores block when they go. */
export function listedTypes(): readonly ListedType[] {
  return Object.entries(TYPES)
    .map(([type, { attributes, computed = [] }]) => {
      const named = (kind: AttributeRule["harmless"]) =>
        Object.entries({ ...EVERYWHERE, ...COMMON, ...attributes })
          .filter(([, rule]) => rule.harmless === kind)
          .map(([name]) => name);
      return {
        type,
        holds: holdingOf(type),
        harmless: [...named("always"), ...computed].sort(),
        judged: named("sometimes").sort(),
      };
    })
    .sort((one, other) => (one.type < other.type ? -1 : 1));
}
