import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { listenOnLoopback, stopServer } from "../../loopback/loopback-server";
import { errorAnswer, type Fault } from "./fault";
import type { Interference } from "./interference";
import { describeCall, isDynamoDb, type WireCall } from "./wire-call";

export interface FaultProxyOptions {
  /** `http://127.0.0.1:PORT` of the real services. */
  readonly s3: string;
  readonly dynamodb: string;
  readonly interference: Pick<Interference, "decide" | "onCall">;
}

/** A call with what became of it. */
export interface RecordedCall extends WireCall {
  fault?: Fault["kind"];
  /** HTTP status that the function was to see; undefined while there is none. */
  status?: number;
  /** Bytes of the answer's body that were passed on. */
  bytes: number;
}

export interface FaultProxy {
  /** For `AWS_ENDPOINT_URL`: one address for both services. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Stands between a function and its services, on 127.0.0.1. Requests pass unchanged, `Host` included, so that their
 * signatures still hold; faults happen on the wire, where the SDK meets them.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    new Exchange(request, response, options, agent).run().catch(() => response.destroy());
  });
  return {
    endpoint: await listenOnLoopback(server, 0),
    async close() {
      agent.destroy();
      await stopServer(server);
    },
  };
}

class Exchange {
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly options: FaultProxyOptions,
    private readonly agent: Agent,
  ) {}

  async run(): Promise<void> {
    const body = isDynamoDb(this.request) ? await buffer(this.request) : undefined;
    const call: RecordedCall = { ...describeCall(this.request, body), bytes: 0 };
    const { interference } = this.options;
    const fault = interference.decide(call);
    if (fault) call.fault = fault.kind;
    interference.onCall?.(call);
    if (fault?.kind === "dropRequest") return void this.response.destroy();
    if (fault?.kind === "answer") return this.#refuse(call, fault);
    if (fault?.kind === "hold") await fault.until();
    const reply = await this.#forward(call, body);
    if (fault?.kind === "holdReply") await fault.until();
    if (fault?.kind === "dropReply") {
      // Whole, so that the service has done what it says.
      reply.resume();
      await once(reply, "end");
      return void this.response.destroy();
    }
    call.status = reply.statusCode;
    await this.#passOn(reply, call, fault);
  }

  async #refuse(call: RecordedCall, { status, code }: Extract<Fault, { kind: "answer" }>): Promise<void> {
    if (!this.request.complete) await once(this.request.resume(), "end");
    const { contentType, body } = errorAnswer(call.service, code);
    call.status = status;
    this.response.writeHead(status, { "Content-Type": contentType }).end(body);
  }

  async #forward({ service }: WireCall, body: Buffer | undefined): Promise<IncomingMessage> {
    const { method, url, headers } = this.request;
    const upstream = this.options[service];
    // The local DynamoDB checks no signature, but that it was addressed by its own name.
    const host = service === "dynamodb" ? { host: new URL(upstream).host } : {};
    // Not as one address: that would resolve dots within the path, which are a part of the key and signed.
    const { hostname, port } = new URL(upstream);
    const forwarded = send({ hostname, port, path: url, method, agent: this.agent, headers: { ...headers, ...host } });
    this.response.once("close", () => {
      if (!this.response.writableFinished) forwarded.destroy();
    });
    const replied = once(forwarded, "response");
    if (body) forwarded.end(body);
    else this.request.pipe(forwarded);
    const [reply] = await replied;
    return reply as IncomingMessage;
  }

  async #passOn(reply: IncomingMessage, call: RecordedCall, fault: Fault | undefined): Promise<void> {
    const headers = { ...reply.headers };
    if (fault?.kind === "withoutLength") delete headers["content-length"];
    this.response.writeHead(reply.statusCode ?? 502, headers);
    const limit = fault?.kind === "cut" || fault?.kind === "stall" ? fault.afterBytes : Number.POSITIVE_INFINITY;
    const breakOff = () => this.#breakOff(fault);
    await pipeline(
      reply,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          const allowed = chunk.subarray(0, limit - call.bytes);
          call.bytes += allowed.length;
          yield allowed;
          if (call.bytes >= limit) return await breakOff();
        }
      },
      this.response,
    );
  }

  /** Ends with the connection. */
  async #breakOff(fault: Fault | undefined): Promise<void> {
    const closed = once(this.response, "close");
    if (fault?.kind === "cut") this.response.socket?.destroySoon();
    await closed;
  }
}
