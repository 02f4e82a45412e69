import { isObject, type Json, type JsonObject, listIn, objectIn } from "../model/json";

/** `aws_s3_bucket.photos` in `${aws_s3_bucket.photos.arn}`, in `depends_on`, in the text of a policy. */
const ADDRESS = /(?<![\w.-])(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*/g;

/** The text with other addresses in the place of those that `rename` knows. */
export function renameReferences(text: string, rename: (address: string) => string | undefined): string {
  return text.replace(ADDRESS, (address) => rename(address) ?? address);
}

/** One thing that a synthesized stack declares. */
export interface Element {
  readonly stack: string;
  /** `resource` and `data` have types and constructs; of the rest the name of the section tells what it is. */
  readonly section: string;
  /** As in a plan: `aws_s3_bucket.photos`, `data.aws_partition.current`; else `output.Name`, `terraform.backend`. */
  readonly address: string;
  readonly type: string;
  /** Construct path below the stack: `source-bucket/bucket`; empty where CDKTF tells none. */
  readonly path: string;
  /** Without CDKTF's comments. */
  readonly values: JsonObject;
}

type Named = Omit<Element, "stack" | "path"> & { readonly path?: string };

/** Everything that one `cdk.tf.json` declares. */
export function elementsOf(stack: string, synthesized: JsonObject): readonly Element[] {
  return Object.entries(synthesized)
    .flatMap(([section, content]) => namedIn(section, content))
    .map((named) => ({ path: "", ...named, stack, values: withoutComments(named.values) }));
}

function namedIn(section: string, content: Json): readonly Named[] {
  switch (section) {
    case "resource":
    case "data":
      return typedIn(section, objectIn(content));
    case "provider":
      return Object.entries(objectIn(content)).flatMap(([type, list]) => providersIn(type, list));
    case "import":
    case "moved":
    case "removed":
      return listIn(content).map((block) => blockOf(section, objectIn(block)));
    case "//":
      return [{ section: "cdktf", address: "cdktf", type: "", values: versionIn(objectIn(content)) }];
    default:
      return Object.entries(objectIn(content)).flatMap(([name, values]) =>
        name === "//" ? [] : [{ section, address: `${section}.${name}`, type: "", values: objectOr(values) }],
      );
  }
}

function typedIn(section: string, types: JsonObject): Named[] {
  const prefix = section === "data" ? "data." : "";
  return Object.entries(types).flatMap(([type, names]) =>
    Object.entries(objectIn(names)).map(([name, content]) => {
      const values = objectIn(content);
      return { section, type, address: `${prefix}${type}.${name}`, path: pathIn(values), values };
    }),
  );
}

/** Without the stack's own id, with which it begins. */
function pathIn(values: JsonObject): string {
  const { path } = objectIn(objectIn(values["//"]).metadata);
  return typeof path === "string" ? path.slice(path.indexOf("/") + 1) : "";
}

function providersIn(type: string, content: Json): Named[] {
  return (Array.isArray(content) ? listIn(content) : [content]).map((provider) => {
    const values = objectIn(provider);
    const alias = typeof values.alias === "string" ? `.${values.alias}` : "";
    return { section: "provider", type: "", address: `provider.${type}${alias}`, values };
  });
}

function blockOf(section: string, values: JsonObject): Named {
  const subject = section === "import" ? values.to : values.from;
  return { section, type: "", address: `${section} ${String(subject)}`, values };
}

function versionIn(comment: JsonObject): JsonObject {
  const { version } = objectIn(comment.metadata);
  return version === undefined ? {} : { version };
}

function objectOr(value: Json): JsonObject {
  return isObject(value) ? value : { value };
}

function withoutComments<T extends Json>(json: T): T;
function withoutComments(json: Json): Json {
  if (Array.isArray(json)) return json.map((member: Json) => withoutComments(member));
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => (key === "//" ? [] : [[key, withoutComments(value)]])),
  );
}
