import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type MotoServer, motoCommand, startMoto } from "../../../support/moto-server";
import { describeQueueBehaviour } from "./sqs-client-behaviour";

const describeIfGiven = motoCommand ? describe : describe.skip;

/** Shows that the expectations of the queue's tests hold on an independent server too. */
describeIfGiven("the AWS SDK on moto's SQS (set MOTO_SERVER to the path of moto_server to run)", () => {
  let moto: MotoServer;
  let client: SQSClient;

  beforeAll(async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: "any", secretAccessKey: "any" };
    client = new SQSClient({ endpoint: moto.endpoint, region: "us-east-1", credentials });
    await client.send(new CreateQueueCommand({ QueueName: "letters" }));
  }, 40_000);
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  describeQueueBehaviour(() => ({ client, queueName: "letters" }));
});
