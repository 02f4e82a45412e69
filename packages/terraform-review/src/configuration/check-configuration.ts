import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject } from "../model/json";
import { type Line, line } from "../model/line";
import { UnusableInput } from "../unusable-input";
import { expressionsIn } from "./expressions";
import type { ConfigurationRules } from "./rules";

/** Members that hold nothing which acts before the plan is reviewed, once the checks below have passed. */
const SECTIONS = new Set(["//", "data", "import", "moved", "output", "provider", "removed", "resource", "terraform"]);
const REMOVED_ARGUMENTS = ["from", "lifecycle"];
/** They run programs. */
const PROGRAMS = ["provisioner", "connection"];
const NO_ARGUMENTS: readonly string[] = ["//", "count", "for_each", "depends_on", "lifecycle"];

type Named = readonly [type: string, name: string, block: JsonObject];

/**
 * What a configuration in Terraform's JSON could do with the credentials of a plan, before there is a plan to review: one
 * line for each thing that the rules do not allow.
 * @throws {UnusableInput} when the text is not a configuration
 */
export function checkConfiguration(text: string, rules: ConfigurationRules): readonly Line[] {
  const configuration = parseConfiguration(text);
  const sections = Object.keys(configuration).filter((name) => !SECTIONS.has(name));
  return [
    ...(isWrittenOnce(text, configuration) ? [] : [["a member stands twice in one object: Terraform reads both"]]),
    ...sections.map((name) => line`${name}: this section is not allowed`),
    ...checkTerraform(configuration.terraform, rules),
    ...blocksIn(configuration.provider).flatMap((providers) => checkProviders(providers, rules)),
    ...namedIn(configuration.resource).flatMap((resource) => checkResource(resource, rules)),
    ...namedIn(configuration.data).flatMap((data) => checkDataSource(data, rules)),
    ...blocksIn(configuration.removed).flatMap((block) =>
      Object.keys(block)
        .filter((name) => !REMOVED_ARGUMENTS.includes(name))
        .map((name) => line`removed: ${name} is not allowed`),
    ),
    ...[...new Set(expressionsIn(configuration))].map((written) => line`${written} is not a plain reference`),
  ];
}

function parseConfiguration(text: string): JsonObject {
  try {
    const configuration: unknown = JSON.parse(text);
    if (isObject(configuration)) return configuration;
  } catch {
    // Told below.
  }
  throw new UnusableInput("cdk.tf.json must be an object in JSON, got something else");
}

/** A JSON parser keeps the last of two members with one name, and Terraform joins them. */
function isWrittenOnce(text: string, configuration: JsonObject): boolean {
  const withoutSpace = text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (token) => (token.startsWith('"') ? token : ""));
  return withoutSpace === JSON.stringify(configuration);
}

function checkTerraform(section: Json | undefined, rules: ConfigurationRules): readonly Line[] {
  const [terraform = {}, ...others] = blocksIn(section);
  const { required_providers, required_version: _, ...rest } = terraform;
  const [requirements = {}, ...otherRequirements] = blocksIn(required_providers);
  const providers = Object.entries(requirements);
  return [
    ...(others.length + otherRequirements.length === 0 ? [] : [["terraform: a block stands more than once"]]),
    ...(isDeepStrictEqual(rest, rules.terraform)
      ? []
      : [line`terraform: must be ${JSON.stringify(rules.terraform)}, got ${JSON.stringify(rest)}`]),
    ...providers.flatMap(([name, requirement]) => checkRequirement(name, requirement, rules)),
    ...Object.keys(rules.providers)
      .filter((name) => !providers.some(([required]) => required === name))
      .map((name) => line`terraform: the provider ${name} has no version`),
  ];
}

function checkRequirement(name: string, requirement: Json, { providers }: ConfigurationRules): readonly Line[] {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (!provider) return [line`terraform: the provider ${name} is not allowed`];
  const { source, version, ...rest } = isObject(requirement) ? requirement : {};
  // `aws` is short for `hashicorp/aws`.
  const isSource = source === provider.source || `hashicorp/${source}` === provider.source;
  if (isSource && provider.versions.some((known) => known === version) && Object.keys(rest).length === 0) return [];
  const allowed = `${provider.source} ${provider.versions.join(" or ")}`;
  return [line`terraform: the provider ${name} must be ${allowed}, got ${JSON.stringify(requirement)}`];
}

function checkProviders(section: JsonObject, { providers }: ConfigurationRules): readonly Line[] {
  return Object.entries(section).flatMap(([name, written]): readonly Line[] => {
    const rule = Object.hasOwn(providers, name) ? providers[name] : undefined;
    if (!rule) return [line`provider ${name} is not allowed`];
    const blocks = blocksIn(written);
    if (blocks.length !== 1) return [line`provider ${name} must stand once, got ${blocks.length}`];
    const block = blocks[0] ?? {};
    return [
      ...Object.entries(rule.fixed)
        .filter(([argument, value]) => !isDeepStrictEqual(block[argument], value))
        .map(([argument, value]) => {
          const got = JSON.stringify(block[argument] ?? null);
          return line`provider ${name}: ${argument} must be ${JSON.stringify(value)}, got ${got}`;
        }),
      ...Object.keys(block)
        .filter((argument) => !rule.arguments.includes(argument) && !Object.hasOwn(rule.fixed, argument))
        .map((argument) => line`provider ${name}: ${argument} is not allowed`),
    ];
  });
}

function checkResource([type, name, block]: Named, rules: ConfigurationRules): readonly Line[] {
  return [
    ...checkOwner(type, name, block, rules),
    ...PROGRAMS.filter((program) => program in block).map(
      (program) => line`${`${type}.${name}`}: ${program} is not allowed`,
    ),
  ];
}

function checkDataSource([type, name, block]: Named, rules: ConfigurationRules): readonly Line[] {
  const address = `data.${type}.${name}`;
  const known = Object.hasOwn(rules.dataSources, type) ? rules.dataSources[type] : undefined;
  if (!known) return [line`${address}: this data source is not allowed`];
  const refused = Object.entries(block).filter(([argument, value]) => {
    if (NO_ARGUMENTS.includes(argument)) return false;
    const pattern = Object.hasOwn(known, argument) ? known[argument] : undefined;
    return pattern === undefined || typeof value !== "string" || !new RegExp(`^(?:${pattern})$`).test(value);
  });
  return refused.map(([argument, value]) => line`${address}: ${argument} ${JSON.stringify(value)} is not allowed`);
}

/** The provider that serves a resource: the one it names, or the first word of its type. */
function checkOwner(
  type: string,
  name: string,
  { provider }: JsonObject,
  { providers }: ConfigurationRules,
): readonly Line[] {
  const owners = [type.split("_")[0] ?? "", ...(provider === undefined ? [] : [provider])];
  return owners
    .filter((owner) => typeof owner !== "string" || !Object.hasOwn(providers, owner))
    .map((owner) => line`${`${type}.${name}`}: the provider ${String(owner)} is not allowed`);
}

/** Terraform reads a block, a list of blocks, and at each level of labels a list of objects. */
function namedIn(section: Json | undefined): readonly Named[] {
  return blocksIn(section).flatMap((types) =>
    Object.entries(types).flatMap(([type, byName]) =>
      blocksIn(byName).flatMap((names) =>
        Object.entries(names).flatMap(([name, written]) =>
          blocksIn(written).map((block): Named => [type, name, block]),
        ),
      ),
    ),
  );
}

function blocksIn(written: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(written) ? written : [written]).filter(isObject);
}
