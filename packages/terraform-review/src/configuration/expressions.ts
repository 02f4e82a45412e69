import { isObject, type Json } from "../model/json";

/** `data.aws_partition.current.partition`, `aws_s3_bucket.photos.id`: no function, no operator, no condition. */
const PLAIN_REFERENCE = /^(?:data\.)?[a-z]\w*(?:\.[a-z_]\w*|\[\d+\]){2,}$/;
/** Where a template begins. A doubled mark is the mark itself. */
const TEMPLATE = /(\$+|%+)\{([^}]*)/g;

/**
 * Everything in `value` that Terraform would compute, beyond references to resources and data sources. Functions such as
 * `file` read the machine that plans. Terraform reads templates in the names of JSON members too.
 */
export function expressionsIn(value: Json): readonly string[] {
  if (typeof value === "string") return expressionsOf(value);
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => [...expressionsOf(name), ...expressionsIn(member)]);
}

function expressionsOf(text: string): readonly string[] {
  return [...text.matchAll(TEMPLATE)]
    .filter(([, marks = "", content = ""]) => marks.length !== 2 && !(marks === "$" && PLAIN_REFERENCE.test(content)))
    .map(([written]) => `${written}}`);
}
