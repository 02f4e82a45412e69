import * as v from "valibot";
import type { Json } from "../model/json";
import { UnusableInput } from "../unusable-input";

const text = v.string();
const texts = v.array(text);
const json = v.custom<Json>((value) => value !== undefined);

const rulesSchema = v.strictObject({
  /** What the `terraform` block holds beside `required_providers` and `required_version`: where the state lies. */
  terraform: v.record(text, json),
  /** By their local names; resources and data sources of any other provider are refused. */
  providers: v.record(
    text,
    v.strictObject({
      source: text,
      versions: texts,
      /** Arguments that may have any value. */
      arguments: texts,
      /** Arguments that must be there with this value. */
      fixed: v.record(text, json),
    }),
  ),
  /** By their types: the arguments that they may have, each with a regular expression that its whole text matches. */
  dataSources: v.record(text, v.record(text, text)),
});

/** What a configuration may do before anybody has reviewed its plan. */
export type ConfigurationRules = v.InferOutput<typeof rulesSchema>;

/** @throws {UnusableInput} when the text is not such rules */
export function readRules(content: string, source: string): ConfigurationRules {
  const result = v.safeParse(v.pipe(text, v.parseJson(), rulesSchema), content, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UnusableInput(`${source} must hold rules, got ${issue.received} at ${v.getDotPath(issue) ?? "the top"}`);
}
