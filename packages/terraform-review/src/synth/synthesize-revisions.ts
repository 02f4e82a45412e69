import { join } from "node:path";
import { readOutput, type SynthesizedOutput } from "./read-output";
import { type Checkout, checkOutCommit, copyWorkingTree } from "./revision/check-out";
import { installPackages } from "./revision/install-packages";
import { Repository } from "./revision/repository";
import type { ProgramOptions } from "./revision/run-program";
import { synthesize } from "./revision/synthesize";

export interface Revisions {
  readonly base: string;
  /** Absent: the working tree. */
  readonly head: string | undefined;
}

/**
 * Synthesizes both revisions below `scratch`, side by side and at paths of the same length, because a bundle may tell where
 * it was made.
 * @param options of the user's project, which is only read
 */
export async function synthesizeRevisions(
  { base, head }: Revisions,
  scratch: string,
  options: ProgramOptions,
  tell: (sentence: string) => void,
): Promise<readonly [SynthesizedOutput, SynthesizedOutput]> {
  const repository = await Repository.around(options);
  const prepare = async (checkout: Checkout, name: string): Promise<SynthesizedOutput> => {
    await installPackages(checkout, options, tell);
    const output = join(scratch, `${name}-output`);
    await synthesize(checkout, output, options);
    return readOutput(checkout.label, output);
  };
  const before = checkOutCommit(repository, base, join(scratch, "base"));
  const after =
    head === undefined
      ? copyWorkingTree(repository, join(scratch, "head"))
      : checkOutCommit(repository, head, join(scratch, "head"));
  return Promise.all([
    before.then((checkout) => prepare(checkout, "base")),
    after.then((checkout) => prepare(checkout, "head")),
  ]);
}
