import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { waitUntil } from "./wait-until";

/** Path of `moto_server`; suites that need it are skipped without. */
export const motoCommand = process.env.MOTO_SERVER;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

export interface MotoServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts an independent implementation of AWS on 127.0.0.1; it takes seconds. */
export async function startMoto(): Promise<MotoServer> {
  const port = await freePort();
  const moto: ChildProcess = spawn(motoCommand ?? "", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    );
  await waitUntil(answers, 30_000);
  return {
    endpoint,
    stop: async () => {
      moto.kill();
      await once(moto, "exit");
    },
  };
}
