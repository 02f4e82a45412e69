/** What goes wrong with one request on the wire. */
export type Fault =
  /** The service answers with an error, and does nothing. */
  | { readonly kind: "answer"; readonly status: number; readonly code: string }
  /** The request reaches the service late, or never. */
  | { readonly kind: "hold"; readonly until: () => Promise<unknown> }
  /** The service does what was asked; its answer comes late, or never. `until` is called once it answered. */
  | { readonly kind: "holdReply"; readonly until: () => Promise<unknown> }
  /** The connection breaks before the service sees the request. */
  | { readonly kind: "dropRequest" }
  /** The service does what was asked; the connection breaks before its answer. */
  | { readonly kind: "dropReply" }
  /** The answer's body stands still after so many bytes, the connection stays. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** The connection breaks after so many bytes of the answer's body. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** The answer comes in chunks, without Content-Length. */
  | { readonly kind: "withoutLength" };

/** `until` of a fault that lasts as long as the connection. */
export const forever = (): Promise<never> => new Promise(() => {});

/** The error as the service words it. */
export function errorAnswer(service: "s3" | "dynamodb", code: string): { contentType: string; body: string } {
  const message = `injected ${code}`;
  if (service === "s3")
    return {
      contentType: "application/xml",
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    };
  return {
    contentType: "application/x-amz-json-1.0",
    body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }),
  };
}
