import { type Json, type JsonObject, synthesizedStack } from "../support/synthesized-stack";

/** Between them, every construct and both places for the state. */
const ENVIRONMENTS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["a local backend", {}],
  [
    "Terraform Cloud",
    {
      TF_CLOUD_ORGANIZATION: "example",
      TF_CLOUD_HOSTNAME: "app.terraform.io",
      TF_CLOUD_PROJECT: "photos",
      SOURCE_VERSIONING: "true",
      ALARM_EMAIL: "oncall@example.com",
    },
  ],
  ["data taken over from another deployment", { IMPORT_FROM_CDK: "123456789012" }],
];

/**
 * What Terraform 1.5, where OpenTofu left, and every later release of both understand. Ephemeral values, write-only
 * attributes, actions, queries, provider functions and OpenTofu's encryption came after.
 * @see https://opentofu.org/docs/language/
 */
const SHARED = {
  sections: ["data", "import", "locals", "moved", "output", "provider", "resource", "terraform", "variable"],
  terraform: ["backend", "cloud", "required_providers", "required_version"],
  backends: ["local"],
  cloud: ["hostname", "organization", "workspaces"],
  workspaces: ["name", "project"],
  provider: ["source", "version"],
  import: ["id", "to"],
  moved: ["from", "to"],
  output: ["description", "value"],
  lifecycle: ["create_before_destroy", "ignore_changes", "prevent_destroy"],
} as const;

/** `${type.name.attribute}` and `${data.type.name.attribute}`: no function, no operator, no conditional. */
const PLAIN_REFERENCE = /^(?:data\.)?[a-z]\w*(?:\.[a-z]\w*){2}$/;

const object = (json: Json | undefined) => (json ?? {}) as JsonObject;
const keys = (json: Json | undefined): string[] => Object.keys(object(json));
const list = (json: Json | undefined): Json[] => (json === undefined ? [] : ([json].flat() as Json[]));

function texts(json: Json): string[] {
  if (typeof json === "string") return [json];
  return json !== null && typeof json === "object" ? Object.values(json).flatMap(texts) : [];
}

describe.each(ENVIRONMENTS)("the output with %s", (_, environment) => {
  const output = () => synthesizedStack(environment).json;
  const terraform = () => object(output().terraform);

  test("has only sections that both Terraform and OpenTofu have", () => {
    expect(SHARED.sections).toEqual(expect.arrayContaining(keys(output())));
    for (const block of list(output().import)) expect(keys(block).sort()).toEqual([...SHARED.import]);
    for (const block of list(output().moved)) expect(keys(block).sort()).toEqual([...SHARED.moved]);
    for (const value of Object.values(object(output().output)))
      expect(SHARED.output).toEqual(expect.arrayContaining(keys(value)));
  });

  test("keeps its state where both can", () => {
    expect(SHARED.terraform).toEqual(expect.arrayContaining(keys(terraform())));
    expect(SHARED.backends).toEqual(expect.arrayContaining(keys(terraform().backend)));
    const cloud = object(terraform().cloud);
    expect(SHARED.cloud).toEqual(expect.arrayContaining(keys(cloud)));
    expect(SHARED.workspaces).toEqual(expect.arrayContaining(keys(cloud.workspaces)));
  });

  test("names providers that lie in both registries under the same name", () => {
    const providers = object(terraform().required_providers);
    for (const provider of Object.values(providers)) {
      expect(keys(provider).sort()).toEqual([...SHARED.provider]);
      // Without a host, each program looks in its own registry; without a namespace, both take `hashicorp`.
      expect(object(provider).source).toMatch(/^(?:hashicorp\/)?[a-z]+$/);
    }
    expect(keys(providers).sort()).toEqual(["archive", "aws"]);
  });

  test("refers to attributes, and calls no function", () => {
    const references = texts(output()).flatMap((text) =>
      [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => inner),
    );
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((reference = "") => !PLAIN_REFERENCE.test(reference))).toEqual([]);
    expect(texts(output()).filter((text) => text.includes("%{"))).toEqual([]);
  });

  test("sets no lifecycle that only one of them knows", () => {
    const settings = synthesizedStack(environment).elements.flatMap(({ written }) => list(written.lifecycle));
    expect(settings.length).toBeGreaterThan(0);
    expect(SHARED.lifecycle).toEqual(expect.arrayContaining(settings.flatMap(keys)));
    // A reference in prevent_destroy is OpenTofu's alone.
    expect(settings.map((setting) => typeof object(setting).prevent_destroy)).toEqual(settings.map(() => "boolean"));
  });
});
