import type { Json } from "../../model/json";
import type { Change } from "../change";
import type { PlanContext } from "../plan-context";
import { type AttributeRule, isText, type Judgement } from "./rule";

/** Variables by which a program loads other code, trusts other certificates or talks to other servers. */
const LOADERS =
  /^(?:NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|LD_.*|PATH|BASH_ENV|ENV|PYTHON.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|RUBYOPT|RUBYLIB|PERL5.*|DOTNET_.*|CORECLR_.*|COMPlus_.*|GODEBUG|GCONV_PATH|OPENSSL_.*|SSL_CERT_.*|.*_PROXY|AWS_.*|_HANDLER|LAMBDA_.*)$/i;
/** What a value says that names another place: an address, an ARN, a host. */
const PLACE = /^(?:[a-z][a-z0-9+.-]*:\/\/|arn:aws)|@.*\.|\b\d{1,3}(?:\.\d{1,3}){3}\b|\.amazonaws\.com/i;
/** Attributes that functions are told of other resources by. */
const NAMES = ["bucket", "name", "id", "arn", "url", "function_name"];

/** Variables of a function's environment: a value that is a plain setting may change, and one may be added. */
export const environment: AttributeRule = {
  harmless: "sometimes",
  judge: ({ path, before, after, unknown }, change, context) => {
    const name = String(path.at(-1));
    if (path.length < 4) return { severity: "review", words: ["the environment of the function"] };
    if (LOADERS.test(name))
      return {
        severity: "review",
        words: ["the variable can load other code, or change the servers and certificates that the function trusts"],
      };
    if (unknown) return judgeUnknown(change, context);
    if (after === undefined || after === null)
      return { severity: "review", words: ["the function may still need the variable"] };
    if (isNameInPlan(before, context) || isPlace(before) || isPlace(after))
      return { severity: "review", words: ["the variable names a resource or an address"] };
    if (isLess(before, after)) return { severity: "review", words: ["the value is lower than before"] };
    return { severity: "note" };
  },
};

function judgeUnknown(change: Change, context: PlanContext): Judgement {
  const isOwn = context.refersToPlanAlone(change, "environment") === true && change.kind === "create";
  return isOwn ? { severity: "note" } : { severity: "review", words: ["the value is known only after apply"] };
}

function isPlace(value: Json | undefined): boolean {
  return isText(value) && PLACE.test(value);
}

function isNameInPlan(value: Json | undefined, { plan }: PlanContext): boolean {
  if (!isText(value)) return false;
  return plan.changes.some(({ before, isData }) => !isData && NAMES.some((name) => before[name] === value));
}

function isLess(before: Json | undefined, after: Json): boolean {
  const number = (value: Json | undefined) =>
    isText(value) && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  return number(after) < number(before) || (isText(before) && after === "");
}
