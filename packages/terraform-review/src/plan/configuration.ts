import { isObject, type Json, type JsonObject, listIn, objectIn } from "../model/json";

/** What the configuration says of one resource. */
interface ConfiguredResource {
  readonly expressions: JsonObject;
  /** Types of its provisioners: `local-exec`. */
  readonly provisioners: readonly string[];
}

/** The part of a plan that tells where values come from. A redacted plan has none. */
export class Configuration {
  /** Provider configurations by their key: `aws`, `aws.second`. */
  readonly providers: ReadonlyMap<string, JsonObject>;
  private readonly outputs: JsonObject;
  private readonly resources = new Map<string, ConfiguredResource>();

  constructor(configuration: Json | undefined) {
    const { root_module: root, provider_config: providers } = objectIn(configuration);
    this.providers = new Map(
      Object.entries(objectIn(providers)).map(([key, provider]) => [key, objectIn(objectIn(provider).expressions)]),
    );
    this.outputs = objectIn(objectIn(root).outputs);
    this.addModule("", objectIn(root));
  }

  private addModule(path: string, module: JsonObject): void {
    for (const resource of listIn(module.resources).map(objectIn)) {
      const provisioners = listIn(resource.provisioners).map((provisioner) => String(objectIn(provisioner).type));
      const expressions = objectIn(resource.expressions);
      this.resources.set(`${path}${String(resource.address)}`, { expressions, provisioners });
    }
    for (const [name, call] of Object.entries(objectIn(module.module_calls)))
      this.addModule(`${path}module.${name}.`, objectIn(objectIn(call).module));
  }

  /** Whether there is an expression for the attribute; undefined where the plan does not tell. */
  isConfigured(address: string, attribute: string): boolean | undefined {
    const resource = this.resources.get(withoutKeys(address));
    return resource && Object.hasOwn(resource.expressions, attribute);
  }

  /** Addresses that the attribute's expression names, without those of their attributes. */
  referencesOf(address: string, attribute: string): readonly string[] {
    const expression = this.resources.get(withoutKeys(address))?.expressions[attribute];
    const module = /^(?:module\.[^.]+\.)*/.exec(withoutKeys(address))?.[0] ?? "";
    return [...new Set(referencesIn(expression).map((reference) => `${module}${subjectOf(reference)}`))];
  }

  /** Whether an output of the root module is marked as sensitive; undefined where the plan does not tell. */
  isSensitiveOutput(name: string): boolean | undefined {
    const output = this.outputs[name];
    return isObject(output) ? output.sensitive === true : undefined;
  }

  provisionersOf(address: string): readonly string[] {
    return this.resources.get(withoutKeys(address))?.provisioners ?? [];
  }

  /** Addresses of data sources that run a program. */
  get programs(): readonly string[] {
    return [...this.resources.keys()].filter((address) => /(?:^|\.)data\.external\./.test(address));
  }
}

function referencesIn(expression: Json | undefined): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap((member: Json) => referencesIn(member));
  if (!isObject(expression)) return [];
  const { references } = expression;
  if (Array.isArray(references)) return references.map(String);
  return Object.values(expression).flatMap((member) => referencesIn(member));
}

/** `aws_s3_bucket.photos` of `aws_s3_bucket.photos.arn`, `var.name` of `var.name["a"]`. */
function subjectOf(reference: string): string {
  const steps = withoutKeys(reference).split(".");
  return steps.slice(0, steps[0] === "data" ? 3 : 2).join(".");
}

/** `module.a["x"].aws_sqs_queue.q[0]` is configured as `module.a.aws_sqs_queue.q`. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "");
}
