import type { Pipeline } from "../pipeline-clients";
import type { Terminal } from "./terminal";

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C: finish what was begun, say what was done, and end. */
  readonly signal: AbortSignal;
  readonly pipeline: Pipeline;
}

export interface CommonOptions {
  readonly json?: boolean;
  readonly outputs?: string;
}

/** Of commands that change something. */
export interface ChangeOptions extends CommonOptions {
  readonly yes?: boolean;
}
