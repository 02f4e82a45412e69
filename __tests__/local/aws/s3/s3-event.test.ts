import { createHash } from "node:crypto";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Event } from "aws-lambda";
import { startTestServer } from "./s3-test-server";

const buckets = [{ name: "photos", eventPrefix: "uploads/" }, { name: "processed" }];

describe("events", () => {
  test("a PUT under the prefix is announced in the form of S3", async () => {
    const events: S3Event[] = [];
    const server = await startTestServer({ buckets, onObjectCreated: async (event) => void events.push(event) });
    const beforeMs = Date.now();
    for (const [Bucket, Key] of [
      ["photos", "uploads/alice/süß a+b%.jpg"],
      ["photos", "other/alice.jpg"],
      ["photos", "Uploads/alice.jpg"],
      ["processed", "uploads/alice.jpg"],
    ]) {
      await server.client.send(new PutObjectCommand({ Bucket, Key, Body: "hello" }));
    }
    expect(events).toEqual([
      {
        Records: [
          {
            eventVersion: "2.1",
            eventSource: "aws:s3",
            awsRegion: "us-east-1",
            eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
            eventName: "ObjectCreated:Put",
            userIdentity: { principalId: expect.any(String) },
            requestParameters: { sourceIPAddress: "127.0.0.1" },
            responseElements: {
              "x-amz-request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
              "x-amz-id-2": expect.any(String),
            },
            s3: {
              s3SchemaVersion: "1.0",
              configurationId: expect.any(String),
              bucket: {
                name: "photos",
                ownerIdentity: { principalId: expect.any(String) },
                arn: "arn:aws:s3:::photos",
              },
              object: {
                key: "uploads/alice/s%C3%BC%C3%9F+a%2Bb%25.jpg",
                size: 5,
                eTag: createHash("md5").update("hello").digest("hex"),
                sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
              },
            },
          },
        ],
      },
    ]);
    const eventTimeMs = Date.parse(events[0]?.Records[0]?.eventTime ?? "");
    expect(eventTimeMs).toBeGreaterThanOrEqual(beforeMs);
    expect(eventTimeMs).toBeLessThanOrEqual(Date.now());
    await server.remove();
  });

  test("the PUT is answered only after the event was taken, with the object readable by then", async () => {
    const order: string[] = [];
    let read: Promise<string | undefined> = Promise.resolve(undefined);
    const server = await startTestServer({
      buckets,
      onObjectCreated: async () => {
        const object = await server.client.send(new GetObjectCommand({ Bucket: "photos", Key: "uploads/a" }));
        read = Promise.resolve(object.Body?.transformToString());
        await read;
        order.push("event taken");
      },
    });
    await server.client.send(new PutObjectCommand({ Bucket: "photos", Key: "uploads/a", Body: "hello" }));
    order.push("PUT answered");
    expect(order).toEqual(["event taken", "PUT answered"]);
    expect(await read).toBe("hello");
    await server.remove();
  });

  test("a PUT whose event was not taken is answered with 500, and can be sent again", async () => {
    let refuse = true;
    const events: S3Event[] = [];
    const server = await startTestServer({
      buckets,
      onObjectCreated: async (event) => {
        if (refuse) throw new Error("disk full");
        events.push(event);
      },
    });
    const put = new PutObjectCommand({ Bucket: "photos", Key: "uploads/a", Body: "hello" });
    await expect(server.client.send(put)).rejects.toMatchObject({
      name: "InternalError",
      $metadata: { httpStatusCode: 500 },
    });
    refuse = false;
    await server.client.send(put);
    expect(events).toHaveLength(1);
    await server.remove();
  });

  test("close waits for an event that is being taken", async () => {
    let taken = false;
    let started = () => {};
    const start = new Promise<void>((resolve) => {
      started = resolve;
    });
    let finish = () => {};
    const server = await startTestServer({
      buckets,
      onObjectCreated: async () => {
        started();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        taken = true;
      },
    });
    const put = server.client.send(new PutObjectCommand({ Bucket: "photos", Key: "uploads/a", Body: "x" }));
    const refused = expect(put).rejects.toThrow();
    await start;
    const closed = server.close().then(() => taken);
    finish();
    expect(await closed).toBe(true);
    await refused;
    await server.remove();
  });

  test("sequencers grow, also across restarts and with a clock that was set back", async () => {
    const sequencers: string[] = [];
    const onObjectCreated = async ({ Records: [record] }: S3Event) => {
      sequencers.push(record?.s3.object.sequencer ?? "");
    };
    const first = await startTestServer({ buckets, onObjectCreated });
    const putSome = (server: typeof first) =>
      Promise.all(
        Array.from({ length: 5 }, () =>
          server.client.send(new PutObjectCommand({ Bucket: "photos", Key: "uploads/a", Body: "x" })),
        ),
      );
    await putSome(first);
    await first.stop();

    const clock = jest.spyOn(Date, "now").mockReturnValue(Date.now() - 3_600_000);
    const second = await startTestServer({ buckets, onObjectCreated, directory: first.directory });
    clock.mockRestore();
    await putSome(second);
    expect(sequencers).toHaveLength(10);
    expect(sequencers).toEqual([...new Set(sequencers)].sort());
    await second.remove();
  });
});
