import { type Line, line } from "../../model/line";
import type { Change } from "../change";
import { describeStatement } from "../policy/describe-policy";
import { type PolicyDocument, policyDocuments } from "../policy/policy-documents";
import { newlyPublic } from "../policy/public-access";
import { transportRule } from "../policy/transport-security";
import type { Remark } from "./concern";

/** Policies that let the public in, or no longer keep clear text out. */
export function reviewPolicyExposure(change: Change): readonly Remark[] {
  return policyDocuments(change).flatMap((document) => (document.unknown ? [] : reviewDocument(change, document)));
}

function reviewDocument(change: Change, document: PolicyDocument): readonly Remark[] {
  const { attribute, before, after, sensitive } = document;
  const show = (words: Line): Line => (sensitive ? ["(sensitive)"] : words);
  const open = newlyPublic(before, after).map(
    (statement): Remark => ({
      severity: "block",
      words: line`${attribute} lets anybody in: ${show(describeStatement(statement))}`,
    }),
  );
  return [...open, ...reviewTransport(change, document)];
}

function reviewTransport({ kind }: Change, { attribute, before, after }: PolicyDocument): readonly Remark[] {
  const rule = transportRule(before, after);
  if (rule === "lost") return [{ severity: "block", words: line`${attribute} no longer refuses requests without TLS` }];
  // The policy of another resource names other resources, and has to.
  if (rule === "narrowed" && kind === "update")
    return [{ severity: "block", words: line`${attribute} refuses fewer requests without TLS than before` }];
  if (rule === "conditioned" && kind === "update")
    return [
      { severity: "review", words: line`${attribute} refuses requests without TLS under more conditions than before` },
    ];
  return [];
}
