import * as v from "valibot";
import { type AlarmSettings, alarmDefaults, alarmSchemas } from "../contract/alarm-settings";
import { MAX_TIME_LIMIT_SECONDS } from "../contract/deployment";
import { UPLOAD_TRIGGERS } from "../contract/names";
import { describeIssue, integer, oneOf, processingDefaults, processingSchemas } from "../contract/processing-settings";
import { faultsOfSpelling } from "../contract/spelling";
import * as schemas from "./setting-schemas";

type Environment = Readonly<Record<string, string | undefined>>;

/** Runtimes and architectures that Lambda offers and the bundle is built for. */
export const LAMBDA_RUNTIMES = ["nodejs24.x", "nodejs22.x"] as const;
export const LAMBDA_ARCHITECTURES = ["x86_64", "arm64"] as const;

const text = <T>(schema: v.GenericSchema<string, T>) =>
  v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"), schema);
const variable = <T>(schema: v.GenericSchema<string, T>, fallback: string) => v.optional(text(schema), fallback);
const optionalVariable = <T>(schema: v.GenericSchema<string, T>) => v.optional(text(schema));

const alarmNames = Object.keys(alarmSchemas) as (keyof typeof alarmSchemas)[];
const alarmVariables = Object.fromEntries(
  alarmNames.map((name) => [name, variable(alarmSchemas[name], alarmDefaults[name])]),
) as Readonly<Record<keyof typeof alarmSchemas, ReturnType<typeof variable<number>>>>;

const environmentSchema = v.object({
  ENVIRONMENT_SUFFIX: variable(schemas.environmentSuffix, "dev"),
  AWS_REGION: variable(schemas.region, "us-east-1"),
  TF_CLOUD_ORGANIZATION: optionalVariable(schemas.cloudOrganization),
  TF_CLOUD_HOSTNAME: optionalVariable(schemas.hostname),
  TF_CLOUD_PROJECT: optionalVariable(schemas.cloudProject),
  TF_CLOUD_WORKSPACE: optionalVariable(schemas.cloudWorkspace),
  UPLOAD_ORIGINS: variable(schemas.origins, "*"),
  LAMBDA_RUNTIME: variable(oneOf(LAMBDA_RUNTIMES), "nodejs24.x"),
  LAMBDA_ARCHITECTURE: variable(oneOf(LAMBDA_ARCHITECTURES), "x86_64"),
  LAMBDA_MEMORY_MB: variable(integer(512, 10_240), "1024"),
  LAMBDA_TIMEOUT_S: variable(integer(5, MAX_TIME_LIMIT_SECONDS), "30"),
  RESERVED_CONCURRENCY: variable(schemas.reservedConcurrency, "10"),
  UPLOAD_TRIGGER: variable(oneOf(UPLOAD_TRIGGERS), "lambda"),
  QUEUE_RETENTION_DAYS: variable(integer(1, 14), "10"),
  MAX_IMAGE_SIZE: variable(processingSchemas.MAX_IMAGE_SIZE, processingDefaults.MAX_IMAGE_SIZE),
  MAX_IMAGE_PIXELS: variable(processingSchemas.MAX_IMAGE_PIXELS, processingDefaults.MAX_IMAGE_PIXELS),
  PREVIEW_SIZES: variable(processingSchemas.PREVIEW_SIZES, processingDefaults.PREVIEW_SIZES),
  PREVIEW_FORMAT: variable(processingSchemas.PREVIEW_FORMAT, processingDefaults.PREVIEW_FORMAT),
  LOG_LEVEL: variable(processingSchemas.LOG_LEVEL, processingDefaults.LOG_LEVEL),
  LOG_RETENTION_DAYS: variable(schemas.logRetentionDays, "7"),
  RECORD_TTL_DAYS: variable(processingSchemas.RECORD_TTL_DAYS, processingDefaults.RECORD_TTL_DAYS),
  ALARM_EMAIL: optionalVariable(schemas.emailAddress),
  ...alarmVariables,
  SOURCE_VERSIONING: variable(schemas.flag, "false"),
  ACCESS_LOGS: variable(schemas.flag, "true"),
  ACCESS_LOG_RETENTION_DAYS: variable(integer(1, 36_500), "90"),
  PROTECT_DATA: variable(schemas.flag, "true"),
  IMPORT_FROM_CDK: optionalVariable(schemas.accountId),
});

/** Every variable that the stack reads, with the text that holds where it is not set, in the order of the documentation. */
export const stackVariables: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.entries(environmentSchema.entries).map(([name, { default: fallback }]) => [name, fallback]),
);

/** The key of the context that names the environment. */
const SUFFIX_IN_CONTEXT = "environmentSuffix";

/** Variables that say nothing unless an organization is named: alone they would be ignored in silence. */
const NEED_ORGANIZATION = ["TF_CLOUD_HOSTNAME", "TF_CLOUD_PROJECT", "TF_CLOUD_WORKSPACE"] as const;

/** Where Terraform Cloud or Terraform Enterprise keeps the state of one environment. */
export interface TerraformCloudSettings {
  readonly organization: string;
  readonly hostname: string | undefined;
  readonly project: string | undefined;
  readonly workspace: string;
}

export type StackSettings = ReturnType<typeof toSettings>;

/** The message lists every fault, one line each: `NAME expectation, got "text"`. */
export class InvalidSettings extends Error {
  override readonly name = "InvalidSettings";

  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
  }
}

/**
 * Reads the settings of the stack from environment variables, and the suffix also from the context `environmentSuffix`.
 * Variables with names unlike ours are left alone.
 * @throws {InvalidSettings} with all faults at once
 */
export function readStackSettings(
  environment: Environment,
  context: Readonly<Record<string, unknown>> = {},
): StackSettings {
  const suffixFromContext = environment.ENVIRONMENT_SUFFIX === undefined && context[SUFFIX_IN_CONTEXT] !== undefined;
  const input = { ...environment, ...(suffixFromContext && { ENVIRONMENT_SUFFIX: context[SUFFIX_IN_CONTEXT] }) };
  const result = v.safeParse(environmentSchema, input, { abortPipeEarly: true });

  const invalid = (result.issues ?? []).map((issue) => describeIssue(issue, input));
  const misspelt = [
    ...faultsOfSpelling(environment, Object.keys(stackVariables)),
    ...faultsOfSpelling(context, [SUFFIX_IN_CONTEXT]).map((fault) => `context ${fault}`),
  ];
  const faults = [...invalid, ...faultsOfCombination(environment), ...misspelt];
  if (!result.success || faults.length > 0)
    throw new InvalidSettings(
      suffixFromContext
        ? faults.map((fault) => fault.replace(/^ENVIRONMENT_SUFFIX /, `context ${SUFFIX_IN_CONTEXT} `))
        : faults,
    );
  return toSettings(result.output, environment);
}

/** What an event source mapping takes. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const QUEUE_CONCURRENCY = { minimum: 2, maximum: 1000 };

const faultsOfCombination = (environment: Environment): string[] => [
  ...faultsWithoutOrganization(environment),
  ...faultsOfQueueMode(environment),
];

function faultsOfQueueMode({ UPLOAD_TRIGGER, RESERVED_CONCURRENCY = "10" }: Environment): string[] {
  const { minimum, maximum } = QUEUE_CONCURRENCY;
  const images = /^[1-9]\d*$/.test(RESERVED_CONCURRENCY) ? Number(RESERVED_CONCURRENCY) : undefined;
  // What is no number at all is a fault of its own, or none.
  if (UPLOAD_TRIGGER !== "queue" || images === undefined || (images >= minimum && images <= maximum)) return [];
  const expectation = `must be from ${minimum} to ${maximum}, or none, where UPLOAD_TRIGGER is queue`;
  return [`RESERVED_CONCURRENCY ${expectation}, got ${JSON.stringify(RESERVED_CONCURRENCY)}`];
}

function faultsWithoutOrganization(environment: Environment): string[] {
  if (environment.TF_CLOUD_ORGANIZATION !== undefined) return [];
  return NEED_ORGANIZATION.filter((name) => environment[name]).map(
    (name) => `${name} must come with TF_CLOUD_ORGANIZATION, got ${JSON.stringify(environment[name])}`,
  );
}

function toSettings(parsed: v.InferOutput<typeof environmentSchema>, environment: Environment) {
  const asWritten = (name: keyof typeof processingDefaults) => environment[name] ?? processingDefaults[name];
  const organization = parsed.TF_CLOUD_ORGANIZATION;
  const terraformCloud: TerraformCloudSettings | undefined = organization
    ? {
        organization,
        hostname: parsed.TF_CLOUD_HOSTNAME,
        project: parsed.TF_CLOUD_PROJECT,
        workspace: parsed.TF_CLOUD_WORKSPACE ?? `image-pipeline-${parsed.ENVIRONMENT_SUFFIX}`,
      }
    : undefined;
  return {
    environmentSuffix: parsed.ENVIRONMENT_SUFFIX,
    region: parsed.AWS_REGION,
    /** Absent: the state lies in a file beside the project. */
    terraformCloud,
    uploadOrigins: parsed.UPLOAD_ORIGINS,
    runtime: parsed.LAMBDA_RUNTIME,
    architecture: parsed.LAMBDA_ARCHITECTURE,
    memoryMb: parsed.LAMBDA_MEMORY_MB,
    timeoutSeconds: parsed.LAMBDA_TIMEOUT_S,
    /** Images at work at once. Absent: as many as the account's concurrency allows. */
    reservedConcurrency: parsed.RESERVED_CONCURRENCY,
    uploadTrigger: parsed.UPLOAD_TRIGGER,
    queueRetentionDays: parsed.QUEUE_RETENTION_DAYS,
    /** What the functions parse again, as text. */
    processing: {
      LOG_LEVEL: asWritten("LOG_LEVEL"),
      MAX_IMAGE_SIZE: asWritten("MAX_IMAGE_SIZE"),
      MAX_IMAGE_PIXELS: asWritten("MAX_IMAGE_PIXELS"),
      PREVIEW_SIZES: asWritten("PREVIEW_SIZES"),
      PREVIEW_FORMAT: asWritten("PREVIEW_FORMAT"),
      RECORD_TTL_DAYS: asWritten("RECORD_TTL_DAYS"),
    },
    logRetentionDays: parsed.LOG_RETENTION_DAYS,
    alarmEmail: parsed.ALARM_EMAIL,
    alarms: Object.fromEntries(alarmNames.map((name) => [name, parsed[name]])) as AlarmSettings,
    sourceVersioning: parsed.SOURCE_VERSIONING,
    accessLogs: parsed.ACCESS_LOGS,
    accessLogRetentionDays: parsed.ACCESS_LOG_RETENTION_DAYS,
    protectData: parsed.PROTECT_DATA,
    /** Account in which the reference CDK stack left its data. Absent: nothing is imported. */
    importFromCdk: parsed.IMPORT_FROM_CDK,
  } as const;
}
