import type { ImageRecord } from "../../lambda-src/records/image-record";
import { ImageCatalogue } from "../../operations/image-catalogue";
import type { Pipeline } from "../../operations/pipeline-clients";
import { type ConsoleServer, startConsoleServer } from "./console-server";
import { EventStream } from "./event-stream";
import { type Route, sendJson } from "./exchange";
import { countImages } from "./image-counts";
import { imageRoutes } from "./image-routes";
import { reprocessRoute } from "./operation-routes";
import type { RecordChanges } from "./record-feed";
import type { ConsoleInfo, StateCounts } from "./wire";

const READ_INTERVAL_MS = 3000;
/** Counting costs read capacity. */
const COUNT_INTERVAL_MS = 60_000;

export interface DeployedConsoleOptions {
  readonly pipeline: Pipeline;
  /** 0: any free port. */
  readonly port: number;
  readonly onTrouble: (sentence: string) => void;
}

/**
 * Starts the console of a deployed environment: it reads, and processes again. Uploads, faults, dead letters and deletion are
 * absent. Nothing is read while no page is open. @throws {Error} EADDRINUSE as Node words it when the port is taken
 */
export async function startDeployedConsole(options: DeployedConsoleOptions): Promise<ConsoleServer> {
  const { pipeline, port, onTrouble } = options;
  const catalogue = new ImageCatalogue(pipeline);
  const records = new DeployedRecords(catalogue);
  const stream = new EventStream();
  const reader = new DeployedReader(pipeline, records, stream, onTrouble);
  const about = describe(pipeline);
  const events: Route = {
    method: "GET",
    path: /^\/api\/events$/,
    answer: async ({ response }) => stream.open(response, reader.counts ? { counts: reader.counts } : {}),
  };
  const follow = (imageId: string) => {
    records.follow(imageId);
    return [];
  };
  const server = await startConsoleServer({
    port,
    routes: [
      { method: "GET", path: /^\/api\/console$/, answer: async ({ response }) => sendJson(response, 200, about) },
      events,
      ...imageRoutes(pipeline, catalogue, follow),
      reprocessRoute(pipeline, catalogue),
    ],
    onTrouble,
  });
  return {
    endpoint: server.endpoint,
    close: async () => {
      reader.stop();
      stream.close();
      await server.close();
      pipeline.close();
    },
  };
}

function describe({ region, metadataTable, sourceBucket, processorName }: Pipeline): ConsoleInfo {
  const logCommand = `aws logs filter-log-events --region ${region} --log-group-name /aws/lambda/${processorName} --filter-pattern '"{imageId}"'`;
  return { environment: `${metadataTable} · ${region}`, local: false, region, sourceBucket, logCommand };
}

/** Reads again and again while a page listens. */
class DeployedReader {
  counts: StateCounts | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;
  #reading = false;
  #trouble = "";
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly records: DeployedRecords,
    private readonly stream: EventStream,
    private readonly onTrouble: (sentence: string) => void,
  ) {
    this.#timer = setInterval(() => void this.#read(), READ_INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    if (this.#reading || !this.stream.watched) return;
    this.#reading = true;
    try {
      const { images, removed } = await this.records.changes();
      if (images.length > 0) this.stream.send("images", images);
      if (removed.length > 0) this.stream.send("removed", removed);
      await this.#count();
      this.#trouble = "";
    } catch (error) {
      const sentence = `The environment could not be read: ${(error as Error).message}`;
      // Once, not every few seconds.
      if (sentence !== this.#trouble) this.onTrouble(sentence);
      this.#trouble = sentence;
    }
    this.#reading = false;
  }

  async #count(): Promise<void> {
    if (performance.now() - this.#countedAt < COUNT_INTERVAL_MS) return;
    this.#countedAt = performance.now();
    this.counts = await countImages(this.pipeline.dynamodb, this.pipeline.metadataTable);
    this.stream.send("counts", this.counts);
  }
}

/** Images that are looked at again with each reading. */
const NEWEST_IMAGES = 60;
/** So many images can be followed beside the newest; the one followed longest goes first. */
const MAX_FOLLOWED = 20;

/** Changes of a table that tells nothing by itself, found by reading the newest images again, and those that are followed. */
class DeployedRecords {
  #known = new Map<string, string>();
  readonly #followed = new Set<string>();

  constructor(private readonly catalogue: ImageCatalogue) {}

  /** An image that somebody looks at, or has processed again. */
  follow(imageId: string): void {
    this.#followed.delete(imageId);
    this.#followed.add(imageId);
    const [oldest] = this.#followed;
    if (this.#followed.size > MAX_FOLLOWED && oldest !== undefined) this.#followed.delete(oldest);
  }

  /** What differs from the last reading; the first one finds no changes. */
  async changes(): Promise<RecordChanges> {
    const { records } = await this.catalogue.list({}, { limit: NEWEST_IMAGES });
    const newest = new Set(records.map(({ imageId }) => imageId));
    const others = [...this.#followed].filter((imageId) => !newest.has(imageId));
    const found = await Promise.all(others.map((imageId) => this.catalogue.find(imageId)));
    const present = [...records, ...found.filter((record) => record !== undefined)];
    const first = this.#known.size === 0;
    const images = first ? [] : present.filter((record) => this.#known.get(record.imageId) !== textOf(record));
    const removed = others.filter((imageId, index) => found[index] === undefined && this.#known.has(imageId));
    for (const imageId of removed) this.#followed.delete(imageId);
    this.#known = new Map(present.map((record) => [record.imageId, textOf(record)]));
    return { images, removed };
  }
}

const textOf = (record: ImageRecord): string => JSON.stringify(record);
