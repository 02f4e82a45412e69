/** `aws_s3_bucket.photos` in `${aws_s3_bucket.photos.arn}`, in `depends_on`, in the text of a policy. */
const ADDRESS = /(?<![\w.-])(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*/g;

/** The text with other addresses in the place of those that `rename` knows. */
export function renameReferences(text: string, rename: (address: string) => string | undefined): string {
  return text.replace(ADDRESS, (address) => rename(address) ?? address);
}
