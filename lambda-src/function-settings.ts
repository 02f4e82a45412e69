import * as v from "valibot";
import {
  describeIssue,
  PROCESSOR_RESOURCES,
  processorSettings,
  RECORDER_RESOURCES,
  type RecorderQueueVariable,
  recorderSettings,
  type Setting,
} from "../contract/processing-settings";

const name = v.pipe(v.string("must be set"), v.nonEmpty("must not be empty"));

type Environment = Readonly<Record<string, string | undefined>>;

// Each schema is made where it is used, so that a bundle holds that of its own function.

/** @throws {Error} with every bad variable on a line of its own: its name, the expectation and what it got */
export const readProcessorSettings = (environment: Environment) =>
  read(v.object({ ...named(PROCESSOR_RESOURCES), ...schemasOf(processorSettings) }), environment);

/** @throws {Error} as `readProcessorSettings` */
export const readRecorderSettings = (environment: Environment) =>
  read(
    v.object({
      ...named(RECORDER_RESOURCES),
      ...schemasOf(recorderSettings),
      DEAD_LETTER_QUEUE_URL: v.optional(name),
    } satisfies Record<RecorderQueueVariable, v.GenericSchema>),
    environment,
  );

function named<N extends string>(resources: readonly N[]): Readonly<Record<N, typeof name>> {
  return Object.fromEntries(resources.map((resource) => [resource, name])) as Record<N, typeof name>;
}

/** Without defaults: the stack sets every variable. */
function schemasOf<S extends Readonly<Record<string, Setting>>>(settings: S): { [N in keyof S]: S[N]["schema"] } {
  const schemas = Object.entries(settings).map(([name, { schema }]) => [name, schema]);
  return Object.fromEntries(schemas) as { [N in keyof S]: S[N]["schema"] };
}

type SettingsSchema = { readonly entries: Readonly<Record<string, unknown>> };

function read<T>(schema: v.GenericSchema<unknown, T> & SettingsSchema, environment: Environment): T {
  // A variable that is not set must meet its own schema, whose message says what is expected.
  const variables = Object.fromEntries(Object.keys(schema.entries).map((name) => [name, environment[name]]));
  const parsed = v.safeParse(schema, variables);
  if (parsed.success) return parsed.output;
  throw new Error(parsed.issues.map((issue) => describeIssue(issue, variables)).join("\n"));
}
