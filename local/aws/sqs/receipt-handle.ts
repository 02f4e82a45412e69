/** Which message was received, and in which of its receives. */
export interface Receipt {
  readonly messageId: string;
  readonly nonce: string;
}

/** The text is no receipt handle of this server. */
export class InvalidReceiptHandle extends Error {
  override readonly name = "InvalidReceiptHandle";
}

/** Opaque to clients, as in SQS. */
export const formatReceiptHandle = ({ messageId, nonce }: Receipt): string =>
  Buffer.from(JSON.stringify([messageId, nonce])).toString("base64");

/** @throws {InvalidReceiptHandle} */
export function parseReceiptHandle(text: string): Receipt {
  try {
    const [messageId, nonce] = JSON.parse(Buffer.from(text, "base64").toString()) as readonly unknown[];
    if (typeof messageId === "string" && typeof nonce === "string") return { messageId, nonce };
  } catch {
    // Not one of ours.
  }
  throw new InvalidReceiptHandle(`The input receipt handle is invalid: ${JSON.stringify(text)}`);
}
