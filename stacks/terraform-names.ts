/**
 * The name of an element in its Terraform address: the ids on its construct path, joined by underscores, without the
 * last one where the type already ends in it. `source-bucket/bucket` is `aws_s3_bucket.source_bucket`, and
 * `source-bucket/lifecycle-configuration` is `aws_s3_bucket_lifecycle_configuration.source_bucket`. Construct ids are
 * therefore Terraform addresses: renaming one replaces the resource.
 */
export function terraformName(pathIds: readonly string[], terraformType = ""): string {
  const words = pathIds.map((id) => id.replaceAll("-", "_"));
  const typeSaysTheLast = words.length > 1 && terraformType.endsWith(`_${words.at(-1)}`);
  return (typeSaysTheLast ? words.slice(0, -1) : words).join("_");
}
