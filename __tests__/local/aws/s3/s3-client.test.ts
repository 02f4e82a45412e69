import { describeClientBehaviour } from "./s3-client-behaviour";
import { startTestServer, type TestServer } from "./s3-test-server";

describe("the AWS SDK on the local server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.remove());

  describeClientBehaviour(() => ({ client: server.client, bucket: "photos" }));
});
