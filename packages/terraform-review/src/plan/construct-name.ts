/** CDKTF ends the names that it makes itself in a hash: `photos_bucket_4F2A91BC`. */
const CDKTF_HASH = /_[0-9A-F]{8}$/;

/**
 * Finds the construct behind the name of a resource. A name is the ids on a construct's path, joined by underscores, so
 * that a name that others begin with is their parent: `image_processor_role` belongs to `image_processor`.
 */
export class ConstructNames {
  private readonly known: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.known = new Set([...names].map(withoutHash));
  }

  of(name: string, moduleAddress: string | undefined): string {
    const words = withoutHash(name).split("_");
    const prefixes = words.map((_, index) => words.slice(0, index + 1).join("_"));
    const parent = prefixes.find((prefix) => this.known.has(prefix)) ?? words.join("_");
    const construct = parent.replaceAll("_", "-");
    return moduleAddress ? `${moduleAddress}/${construct}` : construct;
  }
}

function withoutHash(name: string): string {
  return name.replace(CDKTF_HASH, "");
}
