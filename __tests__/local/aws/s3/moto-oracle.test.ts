import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { type MotoServer, motoCommand, startMoto } from "../../../support/moto-server";
import { describeClientBehaviour } from "./s3-client-behaviour";
import { connect } from "./s3-test-server";

const describeIfGiven = motoCommand ? describe : describe.skip;

/** Shows that the expectations of the client tests hold on an independent server too. */
describeIfGiven("the AWS SDK on moto (set MOTO_SERVER to the path of moto_server to run)", () => {
  let moto: MotoServer;
  let client: S3Client;

  beforeAll(async () => {
    moto = await startMoto();
    client = connect(moto.endpoint);
    await client.send(new CreateBucketCommand({ Bucket: "photos" }));
  }, 40_000);
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  describeClientBehaviour(() => ({ client, bucket: "photos" }));
});
