import { Transform, type TransformCallback } from "node:stream";
import { ServiceError } from "../http/aws-request";

const MAX_LINE_BYTES = 8 * 1024;
const MAX_TRAILERS = 16;
const LINE_FEED = 0x0a;

const incompleteBody = (message: string) => new ServiceError(400, "IncompleteBody", message);
const malformed = (message: string) => new ServiceError(400, "InvalidRequest", `The aws-chunked body ${message}.`);

/**
 * Decodes the `aws-chunked` content encoding: chunks of `size[;chunk-signature=...] CRLF data CRLF`, ended by one of size 0,
 * then trailers and an empty line. Chunk signatures are not verified; the signature of the request covers its headers.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class AwsChunkedDecoder extends Transform {
  /** Trailing headers by name in lower case; complete when the stream has ended. */
  readonly trailers = new Map<string, string>();

  private expects: "size" | "data" | "end of data" | "trailer" | "nothing" = "size";
  private dataBytesLeft = 0;
  private line: Buffer[] = [];
  private lineBytes = 0;

  override _transform(input: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = input;
      while (rest.length > 0) rest = this.expects === "data" ? this.takeData(rest) : this.takeLine(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.expects === "nothing" ? null : incompleteBody("The aws-chunked body ended before its last chunk."));
  }

  private takeData(input: Buffer): Buffer {
    const data = input.subarray(0, this.dataBytesLeft);
    this.push(data);
    this.dataBytesLeft -= data.length;
    if (this.dataBytesLeft === 0) this.expects = "end of data";
    return input.subarray(data.length);
  }

  private takeLine(input: Buffer): Buffer {
    const end = input.indexOf(LINE_FEED);
    const part = end === -1 ? input : input.subarray(0, end + 1);
    this.lineBytes += part.length;
    if (this.lineBytes > MAX_LINE_BYTES) throw malformed(`has a line of more than ${MAX_LINE_BYTES} bytes`);
    this.line.push(part);
    if (end !== -1) {
      const line = Buffer.concat(this.line).toString("latin1");
      this.line = [];
      this.lineBytes = 0;
      if (!line.endsWith("\r\n")) throw malformed("has a line that does not end with CR LF");
      this.readLine(line.slice(0, -2));
    }
    return input.subarray(part.length);
  }

  private readLine(line: string): void {
    if (this.expects === "size") {
      this.readSize(line);
    } else if (this.expects === "trailer") {
      this.readTrailer(line);
    } else if (this.expects === "end of data" && line === "") {
      this.expects = "size";
    } else {
      throw malformed(
        this.expects === "nothing" ? "goes on after its end" : "has a chunk that is longer than its size",
      );
    }
  }

  private readSize(line: string): void {
    const size = /^([0-9a-f]{1,12})(;chunk-signature=[0-9a-f]{64})?$/i.exec(line)?.[1];
    if (size === undefined)
      throw malformed(`must have a hexadecimal size before each chunk, got ${JSON.stringify(line)}`);
    this.dataBytesLeft = Number.parseInt(size, 16);
    this.expects = this.dataBytesLeft === 0 ? "trailer" : "data";
  }

  private readTrailer(line: string): void {
    if (line === "") {
      this.expects = "nothing";
      return;
    }
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || this.trailers.size === MAX_TRAILERS) {
      throw malformed(`must have at most ${MAX_TRAILERS} trailers NAME:VALUE, got ${JSON.stringify(line)}`);
    }
    this.trailers.set(name.toLowerCase(), value.trim());
  }
}
