import { WrongUsage } from "./exit-code";
import type { Terminal } from "./terminal";

/**
 * Asks before something large or final. @param plan one sentence that says what will happen
 * @throws {WrongUsage} when nobody can be asked
 */
export async function confirm(plan: string, yes: boolean | undefined, terminal: Terminal): Promise<boolean> {
  if (yes) return true;
  if (!terminal.interactive) throw new WrongUsage(`${plan} Nobody can be asked here: add --yes`);
  return terminal.ask(`${plan} Go on? [y/N] `);
}
