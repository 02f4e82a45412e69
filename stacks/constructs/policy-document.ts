/** One statement of an IAM policy, in the words of IAM's JSON. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: { readonly Service: string } | { readonly AWS: "*" };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** JSON, which `terraform plan` shows line by line where all of it is known, and anything can parse. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  // On lines of its own: `cdktf synth --hcl` writes text of several lines as it is, and forgets to escape the quotes of others.
  return JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2);
}

/** Refuses every request that does not come over TLS, whoever sends it. */
export function denyInsecureTransport(action: string, resources: string | readonly string[]): PolicyStatement {
  return {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: action,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
