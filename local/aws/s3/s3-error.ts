import { ServiceError } from "../http/aws-request";
import { element, type Xml } from "./xml";

export const notImplemented = (what: string) =>
  new ServiceError(501, "NotImplemented", `${what} is not implemented: this server is a subset of S3.`);

export const invalidArgument = (name: string, expectation: string, got: string) =>
  new ServiceError(400, "InvalidArgument", `${name} ${expectation}, got ${JSON.stringify(got)}`, {
    ArgumentName: name,
    ArgumentValue: got,
  });

export const noSuchKey = (key: string) =>
  new ServiceError(404, "NoSuchKey", "The specified key does not exist.", { Key: key });

export const preconditionFailed = (condition: string) =>
  new ServiceError(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

/**
 * The error document of S3. `resource` is the path as requested.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function errorDocument(error: ServiceError, resource: string, requestId: string): Xml {
  const { code, message, details } = error;
  const elements = { Code: code, Message: message, ...details, Resource: resource, RequestId: requestId };
  return element("Error", ...Object.entries(elements).map(([name, text]) => element(name, text)));
}
