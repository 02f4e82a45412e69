import { Readable } from "node:stream";
import fc from "fast-check";
import { AwsChunkedDecoder } from "../../../../local/aws/s3/aws-chunked-decoder";

async function decode(pieces: readonly Uint8Array[]) {
  const decoder = Readable.from(pieces.map((piece) => Buffer.from(piece))).compose(new AwsChunkedDecoder());
  return Buffer.concat(await decoder.toArray());
}

async function decodeWithTrailers(pieces: readonly Uint8Array[]) {
  const decoder = new AwsChunkedDecoder();
  const received: Buffer[] = [];
  decoder.on("data", (bytes: Buffer) => received.push(bytes));
  const ended = new Promise<void>((resolve, reject) => decoder.on("end", resolve).on("error", reject));
  for (const piece of pieces) decoder.write(Buffer.from(piece));
  decoder.end();
  await ended;
  return { body: Buffer.concat(received), trailers: Object.fromEntries(decoder.trailers) };
}

const encode = (chunks: readonly Uint8Array[], signed: boolean, trailers: Record<string, string>) => {
  const extension = signed ? `;chunk-signature=${"0a".repeat(32)}` : "";
  const framed = chunks.flatMap((chunk) => [`${chunk.length.toString(16)}${extension}\r\n`, chunk, "\r\n"]);
  const tail = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([...framed, `0${extension}\r\n`, ...tail, "\r\n"].map((part) => Buffer.from(part)));
};

/** Cuts bytes at any places. */
const cut = (bytes: Buffer, places: readonly number[]) => {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length));
};

describe("AwsChunkedDecoder", () => {
  test("gives back any body in any chunks, however the network cuts them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 }),
        fc.boolean(),
        fc.dictionary(fc.stringMatching(/^x-amz-[a-z0-9-]{1,20}$/), fc.base64String(), { maxKeys: 3 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        async (chunks, signed, trailers, places) => {
          const pieces = cut(encode(chunks, signed, trailers), places);
          expect(await decodeWithTrailers(pieces)).toEqual({ body: Buffer.concat(chunks), trailers });
        },
      ),
    );
  });

  test("decodes byte by byte", async () => {
    const encoded = encode([Buffer.from("hello"), Buffer.from("\r\n0\r\n\r\n")], true, {});
    expect((await decode([...encoded].map((byte) => Uint8Array.of(byte)))).toString()).toBe("hello\r\n0\r\n\r\n");
  });

  test("refuses every body that was cut short", async () => {
    const encoded = encode([Buffer.from("hello"), Buffer.from("you")], false, { "x-amz-checksum-crc32": "AAAAAA==" });
    for (let length = 0; length < encoded.length; length++) {
      await expect(decode([encoded.subarray(0, length)])).rejects.toMatchObject({ code: "IncompleteBody" });
    }
  });

  test.each([
    ["no size", "hello\r\n0\r\n\r\n"],
    ["a negative size", "-5\r\nhello\r\n0\r\n\r\n"],
    ["a size with a prefix", "0x5\r\nhello\r\n0\r\n\r\n"],
    ["an unknown extension", "5;name=value\r\nhello\r\n0\r\n\r\n"],
    ["a chunk longer than its size", "4\r\nhello\r\n0\r\n\r\n"],
    ["a bare line feed", "5\nhello\r\n0\r\n\r\n"],
    ["a trailer without a colon", "0\r\nx-amz-checksum-crc32\r\n\r\n"],
    ["something behind the end", "0\r\n\r\n0\r\n\r\n"],
    ["an endless line", "1".repeat(20_000)],
  ])("refuses %s", async (_, encoded) => {
    await expect(decode([Buffer.from(encoded)])).rejects.toMatchObject({ code: "InvalidRequest" });
  });
});
