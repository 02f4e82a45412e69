import type { QueuedLetter } from "../../operations/dead-letter-queue";
import { deleteImage } from "../../operations/delete-image";
import type { ImageCatalogue } from "../../operations/image-catalogue";
import type { Pipeline } from "../../operations/pipeline-clients";
import { replayDeadLetters } from "../../operations/replay";
import { type Refusal, reprocessImage } from "../../operations/reprocess";
import { type Exchange, type Route, readObject, sendJson } from "./exchange";
import type { Replayed } from "./wire";

const REFUSALS: Readonly<Record<Refusal | "original_uncertain", string>> = {
  completed: "the image is completed: only force opens it again",
  failed_for_good: "the image failed for good: only force opens it again",
  in_progress: "an attempt works on the image right now: try again when it ended",
  changed: "the image has changed meanwhile: look at it again",
  original_uncertain:
    "the original may belong to a newer upload: npm run images -- delete IMAGE_ID --force deletes it all the same",
  no_identity: "the record does not say which version of which object it is about",
};
/** No limit that anybody would notice: a console replays what one person asks for. */
const REPLAYS_PER_SECOND = 50;

/** `POST /api/images/{imageId}/reprocess` with `{"force": true}`. */
export const reprocessRoute = (pipeline: Pipeline, catalogue: ImageCatalogue): Route => ({
  method: "POST",
  path: /^\/api\/images\/([0-9a-f-]{36})\/reprocess$/,
  answer: async ({ request, response, parameters: [imageId = ""] }) => {
    const { force } = await readObject(request, "a JSON object with force");
    const record = await catalogue.find(imageId);
    if (!record) return sendJson(response, 404, { error: "no such image" });
    const result = await reprocessImage(record, { force: force === true }, pipeline);
    if (result.kind === "refused") return sendJson(response, 409, { error: REFUSALS[result.reason] });
    sendJson(response, 202, result);
  },
});

/** Deletion, and replaying dead letters: one of them, those of one image, or all. */
export function destructiveRoutes(pipeline: Pipeline, catalogue: ImageCatalogue): readonly Route[] {
  const replay = async ({ response }: Exchange, only?: (letter: QueuedLetter) => boolean): Promise<void> => {
    const { replayed, notUnderstood } = await replayDeadLetters({ perSecond: REPLAYS_PER_SECOND, only }, pipeline);
    if (replayed > 0) return sendJson<Replayed>(response, 202, { replayed });
    const error =
      notUnderstood.length > 0
        ? "the processor cannot read the message: it stays in the queue, and npm run images -- replay --discard deletes it"
        : "there is no such message";
    sendJson(response, 409, { error });
  };
  return [
    {
      method: "DELETE",
      path: /^\/api\/images\/([0-9a-f-]{36})$/,
      answer: async ({ response, parameters: [imageId = ""] }) => {
        const record = await catalogue.find(imageId);
        if (!record) return sendJson(response, 404, { error: "no such image" });
        const result = await deleteImage(record, pipeline);
        if (result.kind === "refused") return sendJson(response, 409, { error: REFUSALS[result.reason] });
        sendJson(response, 200, result);
      },
    },
    {
      method: "POST",
      path: /^\/api\/images\/([0-9a-f-]{36})\/replay$/,
      answer: (exchange) => {
        const [imageId] = exchange.parameters;
        return replay(exchange, ({ uploads }) => uploads.some((upload) => upload.imageId === imageId));
      },
    },
    {
      method: "POST",
      path: /^\/api\/queue\/([\w-]{1,120})\/replay$/,
      answer: (exchange) => replay(exchange, ({ messageId }) => messageId === exchange.parameters[0]),
    },
    { method: "POST", path: /^\/api\/queue\/replay$/, answer: (exchange) => replay(exchange) },
  ];
}
