/** Where a command speaks. */
export interface Terminal {
  /** Standard output, with a line break at the end. */
  out(text: string): void;
  /** Standard error, likewise: what is no result. */
  note(text: string): void;
  /** Replaces the line of progress on a terminal; says nothing elsewhere. Empty text removes it. */
  progress(text: string): void;
  /** Columns of the standard output; undefined when it is no terminal. */
  readonly columns?: number;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  ask(question: string): Promise<boolean>;
}
