/** The request cannot be served as it is: its message is for the one who sent it. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}
