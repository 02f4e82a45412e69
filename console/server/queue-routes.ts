import type { Message, MessageQueue } from "../../local/aws/sqs/message-queue";
import { readDeadLetter } from "../../operations/dead-letter";
import { type Route, sendJson } from "./exchange";

const LETTERS_SHOWN = 200;

/** `GET /api/queue`: the dead letters, newest first. Looking at them does not hide them from receivers. */
export const queueRoute = (queue: MessageQueue, sourceBucket: string): Route => ({
  method: "GET",
  path: /^\/api\/queue$/,
  answer: async ({ response }) => {
    const messages = await queue.list();
    const letters = messages.slice(-LETTERS_SHOWN).reverse();
    sendJson(response, 200, {
      waiting: messages.length,
      letters: letters.map((message) => describeLetter(message, sourceBucket)),
    });
  },
});

function describeLetter({ messageId, sentAt, body, attributes, receiveCount }: Message, sourceBucket: string) {
  return {
    messageId,
    sentAt,
    receiveCount,
    body,
    reason: attributes.ErrorMessage?.StringValue,
    requestId: attributes.RequestID?.StringValue,
    images: readDeadLetter(body, sourceBucket).uploads.map(({ imageId, key }) => ({ imageId, key })),
  };
}
