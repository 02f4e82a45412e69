import * as v from "valibot";
import { parseUploadEvent, type Upload } from "../lambda-src/records/upload-event";

const rawEvent = v.looseObject({ Records: v.array(v.unknown()) });
/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const failureRecord = v.object({
  requestContext: v.looseObject({ condition: v.string() }),
  requestPayload: v.unknown(),
});

/** What a dead letter is about: an event as S3 sent it, or the one inside an on-failure record of Lambda. */
export interface DeadLetter {
  readonly uploads: readonly Upload[];
  /** The event to send, as JSON. Undefined when the processor could do nothing but fail on it again. */
  readonly replayable?: string;
  /** Whether `replayable` has all records of the letter. Those that the processor cannot read are left out. */
  readonly isWhole: boolean;
}

const NOT_UNDERSTOOD: DeadLetter = { uploads: [], isWhole: false };

export function readDeadLetter(body: string, sourceBucket: string): DeadLetter {
  const content = parseJson(body);
  const recorded = v.safeParse(failureRecord, content);
  const event = v.safeParse(rawEvent, recorded.success ? recorded.output.requestPayload : content);
  if (!event.success) return NOT_UNDERSTOOD;
  const records = parseUploadEvent(event.output, sourceBucket);
  const readable = event.output.Records.filter((_, index) => records[index]?.kind !== "malformed");
  return {
    uploads: records.flatMap((record) => (record.kind === "upload" ? [record.upload] : [])),
    replayable: readable.length > 0 ? toJson({ ...event.output, Records: readable }) : undefined,
    isWhole: readable.length === records.length,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined for a value that is nested too deeply: parsing has no such limit, writing has. */
function toJson(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
