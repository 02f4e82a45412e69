import { writeSync } from "node:fs";
import { AsynchronousInvoker } from "../../local/aws/lambda/asynchronous-invoker";
import { LocalFunction } from "../../local/aws/lambda/local-function";
import { MessageQueue } from "../../local/aws/sqs/message-queue";
import { functionConfiguration } from "./function-bundle";

/** A process that a test can kill: `invoker-host.js DIRECTORY BUNDLE EVENTS` accepts that many events, one by one. */
async function main([directory = "", bundle = "", events = "0"]: string[]): Promise<void> {
  const invoker = await AsynchronousInvoker.open({
    target: new LocalFunction(functionConfiguration(bundle), () => {}),
    directory: `${directory}/events`,
    maximumEventAgeSeconds: 3600,
    maximumRetryAttempts: 2,
    timeoutSeconds: 5,
    timeScale: 1,
    deadLetterQueue: await MessageQueue.open({ directory: `${directory}/dead-letters` }),
    onTrouble: (sentence) => console.error(sentence),
  });
  // Written at once: what is on the pipe was acknowledged.
  for (let n = 0; n < Number(events); n++) writeSync(1, `${await invoker.enqueue({ n })}\n`);
}

void main(process.argv.slice(2));
