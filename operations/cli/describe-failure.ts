import type { PipelineEnvironment } from "../pipeline-environment";

/** Network errors of Node, and what the SDK makes of them. */
const UNREACHABLE: readonly string[] = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "TimeoutError",
];
const EXPIRED: readonly string[] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
const UNKNOWN_CREDENTIALS: readonly string[] = [
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
];
const DENIED: readonly string[] = ["AccessDenied", "AccessDeniedException", "Forbidden", "AuthorizationError"];
const THROTTLED: readonly string[] = [
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "SlowDown",
  "ThrottlingException",
  "TooManyRequestsException",
];
const ABSENT: readonly string[] = ["ResourceNotFoundException", "NoSuchBucket", "QueueDoesNotExist"];
const ELSEWHERE: readonly string[] = [
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
];

/** One sentence about what came back from AWS or the network, and what to do; undefined when it is none of that. */
export function describeFailure(error: unknown, environment: PipelineEnvironment | undefined): string | undefined {
  for (const cause of causesOf(error)) {
    const sentence = describeCause(cause, environment);
    if (sentence) return sentence;
  }
  return undefined;
}

interface Cause {
  readonly name?: string;
  readonly code?: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function* causesOf(error: unknown): Generator<Cause, void, void> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const part of error.errors) yield* causesOf(part);
  yield* causesOf(error.cause);
}

function describeCause(cause: Cause, environment: PipelineEnvironment | undefined): string | undefined {
  const { name = "", code = "", message } = cause;
  const is = (names: readonly string[]) => names.includes(name) || names.includes(code);
  const region = environment?.region ?? "this region";
  if (is(UNREACHABLE))
    return environment?.local
      ? "The local system does not answer: start it with npm start, or name another environment with --outputs FILE"
      : `AWS cannot be reached in ${region} (${code || name}): check the region and the network`;
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return `No AWS credentials were found (${message.split("\n")[0]}): sign in, or set AWS_PROFILE`;
  if (is(EXPIRED)) return "The AWS credentials have expired: sign in again";
  if (is(ELSEWHERE) || cause.$metadata?.httpStatusCode === 301)
    return `The buckets are not in ${region}: name the region that the environment is deployed in`;
  if (is(UNKNOWN_CREDENTIALS)) return "AWS does not accept these credentials: check AWS_PROFILE or the access key";
  if (is(DENIED))
    return `These credentials may not do that (${message || name}): docs/operations.md has the policy that an operator needs`;
  if (is(THROTTLED)) return `AWS takes no more requests for now (${name}): run it again, with a lower --rate`;
  if (is(ABSENT))
    return `The environment is not in ${region} for these credentials (${message}): check region and account`;
  // The answer to a HEAD has no body that says more.
  if (cause.$metadata?.httpStatusCode === 403)
    return "These credentials may not do that: docs/operations.md has the policy that an operator needs";
  return undefined;
}
