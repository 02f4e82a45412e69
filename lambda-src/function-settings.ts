import * as v from "valibot";
import type { ProcessorVariable, RecorderQueueVariable, RecorderVariable } from "../contract/names";
import { describeIssue, processingSchemas } from "../contract/processing-settings";

const name = v.pipe(v.string("must be set"), v.nonEmpty("must not be empty"));

const processorSchema = v.object({
  SOURCE_BUCKET: name,
  PROCESSED_BUCKET: name,
  METADATA_TABLE: name,
  ...processingSchemas,
} satisfies Record<ProcessorVariable, v.GenericSchema>);
export type ProcessorSettings = v.InferOutput<typeof processorSchema>;

const recorderSchema = v.object({
  SOURCE_BUCKET: name,
  METADATA_TABLE: name,
  LOG_LEVEL: processingSchemas.LOG_LEVEL,
  RECORD_TTL_DAYS: processingSchemas.RECORD_TTL_DAYS,
  DEAD_LETTER_QUEUE_URL: v.optional(name),
} satisfies Record<RecorderVariable | RecorderQueueVariable, v.GenericSchema>);
export type RecorderSettings = v.InferOutput<typeof recorderSchema>;

type SettingsSchema = { readonly entries: Readonly<Record<string, unknown>> };
type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {Error} with every bad variable on a line of its own: its name, the expectation and what it got */
export const readProcessorSettings = (environment: Environment): ProcessorSettings =>
  read(processorSchema, environment);

/** @throws {Error} as `readProcessorSettings` */
export const readRecorderSettings = (environment: Environment): RecorderSettings => read(recorderSchema, environment);

function read<T>(schema: v.GenericSchema<unknown, T> & SettingsSchema, environment: Environment): T {
  // A variable that is not set must meet its own schema, whose message says what is expected.
  const variables = Object.fromEntries(Object.keys(schema.entries).map((name) => [name, environment[name]]));
  const parsed = v.safeParse(schema, variables);
  if (parsed.success) return parsed.output;
  throw new Error(parsed.issues.map((issue) => describeIssue(issue, variables)).join("\n"));
}
