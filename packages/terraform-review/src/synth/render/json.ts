import { endangersData, type SynthDiff } from "../compare-outputs";
import type { Change } from "../stack-comparison";
import { remedyFor } from "./report";

/**
 * For programs: `{verdict: "none" | "differences" | "data-at-risk", base, head, changes: [{kind, stack, address, path,
 * previousAddress, holding, endangers, replacedFor, differences: [{path, before, after}], movedBlock, call}],
 * code: [{stack, address, path, asset, before, after, files}], followers: [address], rewritten: [address]}`.
 */
export function renderJson(diff: SynthDiff): string {
  const { base, head, changes, code, followers, rewritten } = diff;
  const isSame = changes.length + code.length === 0;
  return `${JSON.stringify({
    verdict: isSame ? "none" : endangersData(diff) ? "data-at-risk" : "differences",
    base,
    head,
    changes: changes.map(describe),
    code: code.map(({ element, ...change }) => ({
      stack: element.stack,
      address: element.address,
      path: element.path,
      ...change,
    })),
    followers: followers.map(({ address }) => address),
    rewritten: rewritten.map(({ address }) => address),
  })}\n`;
}

function describe(change: Change) {
  const { kind, element, previous, holding, endangers, replacedFor, differences } = change;
  return {
    kind,
    stack: element.stack,
    address: element.address,
    path: element.path,
    previousAddress: previous?.address,
    holding,
    endangers,
    replacedFor,
    differences,
    ...remedyFor(change),
  };
}
