import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { describeClientBehaviour } from "./s3-client-behaviour";
import { connect, eventually } from "./s3-test-server";

const command = process.env.MOTO_SERVER;
const describeIfGiven = command ? describe : describe.skip;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

/** Shows that the expectations of the client tests hold on an independent server too. It takes seconds to start. */
describeIfGiven("the AWS SDK on moto (set MOTO_SERVER to the path of moto_server to run)", () => {
  let moto: ChildProcess;
  let client: S3Client;

  beforeAll(async () => {
    const port = await freePort();
    moto = spawn(command ?? "", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    client = connect(`http://127.0.0.1:${port}`);
    const makeBucket = () => client.send(new CreateBucketCommand({ Bucket: "photos" }));
    await eventually(
      () =>
        makeBucket().then(
          () => true,
          () => false,
        ),
      30_000,
    );
  }, 40_000);
  afterAll(async () => {
    client.destroy();
    moto.kill();
    await once(moto, "exit");
  });

  describeClientBehaviour(() => ({ client, bucket: "photos" }));
});
