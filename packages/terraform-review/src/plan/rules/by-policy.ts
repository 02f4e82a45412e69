import { isEmpty } from "../../model/json";
import { policyStatements } from "../policy/policy-statement";
import type { AttributeRule } from "./rule";

/** A policy is judged statement by statement, where its text can be read. */
export const byPolicy: AttributeRule = {
  harmless: "sometimes",
  judge: ({ before, after, unknown }) => {
    const isRead = [before, after].every((policy) => isEmpty(policy) || policyStatements(policy) !== undefined);
    return isRead && !unknown
      ? { severity: "note" }
      : { severity: "review", words: ["the permissions that the policy grants"] };
  },
};
