import * as v from "valibot";

const rawEvent = v.looseObject({ Records: v.array(v.unknown()) });
/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const failureRecord = v.object({
  requestContext: v.looseObject({ condition: v.string() }),
  requestPayload: v.unknown(),
});

/**
 * The event that a dead letter is about: an event as S3 sent it, or the one inside an on-failure record. Undefined for anything
 * else: the processor could do nothing but fail on it again.
 */
export function eventOfDeadLetter(body: string): object | undefined {
  const content = parseJson(body);
  const recorded = v.safeParse(failureRecord, content);
  const event = v.safeParse(rawEvent, recorded.success ? recorded.output.requestPayload : content);
  return event.success ? event.output : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
