import { fromEnv } from "@aws-sdk/credential-provider-env";

/**
 * Stands in for the SDK's chain of credential providers in the bundles: Lambda hands credentials to a function in its
 * environment and nowhere else, and the chain's profiles, SSO and metadata clients are a seventh of the code to load.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const defaultProvider = fromEnv;
