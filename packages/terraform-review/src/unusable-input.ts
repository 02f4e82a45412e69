/** What was handed in cannot be used. The message is one sentence for the person at the command line. */
export class UnusableInput extends Error {
  override readonly name = "UnusableInput";
}
