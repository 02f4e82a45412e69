import { line } from "../model/line";
import { UnusableInput } from "../unusable-input";
import { BLOCK_KINDS, type BlockKind, type Finding, type Remark, worst } from "./finding";

/** Leave to do one thing that blocks, at one address. */
export interface Allowance {
  readonly address: string;
  readonly kind: BlockKind;
  readonly reason: string;
}

const KINDS = Object.keys(BLOCK_KINDS).join(", ");

/**
 * Reads `ADDRESS:KIND=REASON`. An address may hold colons and equals signs in quotes: `aws_s3_bucket.b["a=b"]`.
 * @throws {UnusableInput} when an address, a known kind or a reason is missing
 */
export function readAllowance(text: string): Allowance {
  const refuse = (got: string) =>
    new UnusableInput(`--allow must be ADDRESS:KIND=REASON with a KIND of ${KINDS}, got ${got}`);
  const equals = positionsOutsideQuotes(text, "=")[0] ?? text.length;
  const colon = positionsOutsideQuotes(text.slice(0, equals), ":").at(-1) ?? -1;
  const [address, kind] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1, equals)];
  const reason = text.slice(equals + 1).trim();
  if (address === "") throw refuse(`"${text}" without a kind`);
  if (!isKind(kind)) throw refuse(`the kind "${kind}"`);
  if (reason === "") throw refuse(`"${text}" without a reason`);
  return { address, kind, reason };
}

function isKind(text: string): text is BlockKind {
  return Object.hasOwn(BLOCK_KINDS, text);
}

function positionsOutsideQuotes(text: string, sign: string): readonly number[] {
  const positions: number[] = [];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (isQuoted && text[at] === "\\") at += 1;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text[at] === sign) positions.push(at);
  }
  return positions;
}

/** The findings, with what is allowed to be looked at instead of blocked. */
export function applyAllowances(findings: readonly Finding[], allowances: readonly Allowance[]): readonly Finding[] {
  if (allowances.length === 0) return findings;
  return findings.map((finding) => {
    const details = finding.details.map((detail) => allowed(finding, detail, allowances));
    if (details.every((detail, index) => detail === finding.details[index])) return finding;
    return { ...finding, details, severity: worst(["review", ...details.map(({ severity }) => severity)]) };
  });
}

function allowed({ address }: Finding, detail: Remark, allowances: readonly Allowance[]): Remark {
  const allowance = allowances.find((one) => one.address === address && one.kind === detail.kind);
  if (detail.severity !== "block" || !allowance) return detail;
  return { severity: "review", words: line`${detail.words}. Allowed: ${allowance.reason}` };
}

/** Those that allow nothing: a slip, or left over from another change. */
export function unusedAllowances(allowances: readonly Allowance[], findings: readonly Finding[]): readonly Allowance[] {
  const isUsed = ({ address, kind }: Allowance) =>
    findings.some((one) => one.address === address && one.details.some((detail) => detail.kind === kind));
  return allowances.filter((allowance) => !isUsed(allowance));
}
