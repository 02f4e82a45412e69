/** There is nothing to compare. The message is for the person at the command line. */
export class UnusableInput extends Error {
  override readonly name = "UnusableInput";
}
