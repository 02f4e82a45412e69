import { element, type Xml } from "./xml";

/**
 * A refusal as S3 words it: HTTP status, code, message, and further elements of the error document.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export class S3Error extends Error {
  override readonly name = "S3Error";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export const notImplemented = (what: string) =>
  new S3Error(501, "NotImplemented", `${what} is not implemented: this server is a subset of S3.`);

export const invalidArgument = (name: string, expectation: string, got: string) =>
  new S3Error(400, "InvalidArgument", `${name} ${expectation}, got ${JSON.stringify(got)}`, {
    ArgumentName: name,
    ArgumentValue: got,
  });

export const noSuchKey = (key: string) =>
  new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: key });

export const preconditionFailed = (condition: string) =>
  new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

/** The error document of S3. `resource` is the path as requested. */
export function errorDocument(error: S3Error, resource: string, requestId: string): Xml {
  const { code, message, details } = error;
  const elements = { Code: code, Message: message, ...details, Resource: resource, RequestId: requestId };
  return element("Error", ...Object.entries(elements).map(([name, text]) => element(name, text)));
}
