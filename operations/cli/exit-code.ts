/** What a command line ends with. */
export const EXIT = {
  done: 0,
  /** Something was refused or not found, or a check found something. */
  notAll: 1,
  usage: 2,
  /** The environment is not named, does not answer, or refuses. */
  environment: 3,
  /** Ctrl-C; what was begun is finished. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    not all was done, or a check found something
  2    wrong usage, or nobody to ask and no --yes
  3    the environment is not named, does not answer, or refuses
  130  stopped by Ctrl-C; what was begun is finished`;

/** The command line makes no sense. Its message is one sentence. */
export class WrongUsage extends Error {
  override readonly name = "WrongUsage";
}
