import { line } from "../../model/line";
import { isMasked } from "../../model/mask";
import { showValue } from "../../render/show-difference";
import type { OutputChange } from "../change";
import type { Finding } from "../finding";

const WORDS = { create: " is new", delete: " is gone" } as const;

/** Values that the stack hands out. */
export function reviewOutput(output: OutputChange): readonly Finding[] {
  const { name, kind, before, after, sensitive } = output;
  if (kind === "no-op") return [];
  const unknown = isMasked(output.unknown);
  const title = kind === "create" || kind === "delete" ? [WORDS[kind]] : [];
  const details =
    kind === "delete"
      ? []
      : [
          line`${showValue(before, { sensitive: sensitive && before !== null })} → ${showValue(after, { sensitive, unknown })}`,
        ];
  return [{ concern: "output", severity: "note", construct: "", address: `output ${name}`, title, details }];
}
