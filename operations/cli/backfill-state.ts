import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import { BACKFILL_OUTCOMES, type BackfillCounts } from "../backfill";
import { WrongUsage } from "./exit-code";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const stateSchema = v.object({
  sourceBucket: v.string(),
  prefix: v.string(),
  /** Everything up to this key is done. */
  doneUpTo: v.string(),
  counts: v.object({ sent: count, resumed: count, known: count, too_young: count, archived: count }),
});
export type BackfillState = v.InferOutput<typeof stateSchema>;

export const NO_COUNTS: BackfillCounts = Object.fromEntries(
  BACKFILL_OUTCOMES.map((outcome) => [outcome, 0]),
) as BackfillCounts;

/** Where a backfill stands, in a file that is whole at every moment: `kill -9` repeats at most the last second's objects. */
export class BackfillStateFile {
  constructor(private readonly path: string) {}

  /** @throws {WrongUsage} when the file is of another backfill, or none of ours */
  read(sourceBucket: string, prefix: string): BackfillState | undefined {
    const text = this.#readText();
    if (text === undefined) return undefined;
    const parsed = v.safeParse(stateSchema, parseJson(text));
    if (!parsed.success) throw new WrongUsage(`${this.path} must be the state of a backfill: --restart replaces it`);
    const state = parsed.output;
    if (state.sourceBucket === sourceBucket && state.prefix === prefix) return state;
    throw new WrongUsage(
      `${this.path} is of a backfill of s3://${state.sourceBucket}/${state.prefix}: finish that one, or give --restart or another --state`,
    );
  }

  write(state: BackfillState): void {
    const draft = `${this.path}.${process.pid}`;
    mkdirSync(dirname(this.path), { recursive: true });
    const file = openSync(draft, "w");
    try {
      writeSync(file, `${JSON.stringify(state)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  #readText(): string | undefined {
    try {
      return readFileSync(this.path, "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      throw new WrongUsage(`${this.path} must be a file that can be read, got ${code}`);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
