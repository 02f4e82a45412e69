import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";

const START_LIMIT_MS = 30_000;
const FREE_PORTS = ["--port", "0", "--s3-port", "0", "--dynamodb-port", "0", "--lambda-port", "0", "--sqs-port", "0"];

/** The local system as `npm start` runs it, in a process of its own. */
export class RunningSystem {
  private constructor(
    private readonly child: ChildProcess,
    /** `http://127.0.0.1:PORT` */
    readonly endpoint: string,
  ) {}

  /** @param program the bundled `local/start.ts` */
  static async start(program: string, directory: string, timeScale: number): Promise<RunningSystem> {
    const args = [program, ...FREE_PORTS, "--directory", directory, "--time-scale", String(timeScale)];
    // The longest limit: scaled, it must leave the function time before it stops itself.
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin", LAMBDA_TIMEOUT_S: "120" };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const output = child.stdout.setEncoding("utf8");
    let text = "";
    const end = AbortSignal.timeout(START_LIMIT_MS);
    while (!text.includes("Ready.")) {
      const [part] = await once(output, "data", { signal: end });
      text += part;
    }
    output.resume();
    return new RunningSystem(child, /^Console +(\S+)/m.exec(text)?.[1] ?? "");
  }

  /** Uploads as the page does it. */
  async upload(userId: string, fileName: string, bytes: Buffer): Promise<void> {
    const { url } = await this.#ask<{ url: string }>("POST", "/api/uploads", { userId, fileName });
    const stored = await fetch(url, { method: "PUT", body: new Uint8Array(bytes) });
    if (!stored.ok) throw new Error(`S3 must take ${fileName}, got status ${stored.status}`);
  }

  async arm(fault: string, uploads: number, attempts: "first" | "every"): Promise<void> {
    await this.#ask("PUT", `/api/faults/${fault}`, { uploads, attempts });
  }

  /** Images in a state, newest first. */
  async images(state: string): Promise<readonly { readonly imageId: string; readonly originalKey: string }[]> {
    return (await this.#ask<{ images: [] }>("GET", `/api/images?limit=200&state=${state}`)).images;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await exited;
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.endpoint + path, { method, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path} must succeed, got status ${response.status}`);
    return (await response.json()) as T;
  }
}

export const CHROMIUM_PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** For pages of this machine: the browser speaks to nobody else, and draws without a graphics card. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A Chromium: the one that is named, or else the first in the usual places; undefined when there is none. */
export const findChromium = (named: string | undefined): string | undefined =>
  [named ?? "", ...CHROMIUM_PLACES].find(isExecutable);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== "";
  } catch {
    return false;
  }
}
