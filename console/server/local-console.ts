import { ImageCatalogue } from "../../operations/image-catalogue";
import { connectPipeline } from "../../operations/pipeline-clients";
import { type ConsoleServer, startConsoleServer } from "./console-server";
import { EventStream } from "./event-stream";
import { type Route, sendJson } from "./exchange";
import { readStates, StateTally } from "./image-counts";
import { imageRoutes } from "./image-routes";
import type { LocalObservation } from "./local-observation";
import { faultRoutes, queueRoute, uploadRoute } from "./local-routes";
import { MonitoringFeed } from "./metrics/monitoring-feed";
import type { ObservedSettings, ObservedSystem } from "./observed-system";
import { destructiveRoutes, reprocessRoute } from "./operation-routes";
import { startRecordFeed } from "./record-feed";
import type { ConsoleInfo, LiveEvents } from "./wire";

export interface LocalConsoleOptions {
  readonly system: ObservedSystem;
  readonly observation: LocalObservation;
  /** Factor on time limit and delays, which the page tells of. */
  readonly timeScale: number;
  readonly settings: ObservedSettings;
  /** 0: any free port. */
  readonly port: number;
  readonly onTrouble: (sentence: string) => void;
}

/** Starts the console of the system on this machine. @throws {Error} EADDRINUSE as Node words it when the port is taken */
export async function startLocalConsole(options: LocalConsoleOptions): Promise<ConsoleServer> {
  const { system, port, onTrouble } = options;
  const parts = await openParts(options);
  try {
    const routes = routesOf(options, parts);
    const server = await startConsoleServer({ port, routes, uploadEndpoint: system.s3Endpoint, onTrouble });
    return {
      endpoint: server.endpoint,
      close: async () => {
        await parts.close();
        await server.close();
      },
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

/** What the routes are made of, at work until it is closed. */
type Parts = Awaited<ReturnType<typeof openParts>>;

async function openParts({ system, observation, settings, timeScale, onTrouble }: LocalConsoleOptions) {
  const { records, journal, metrics } = observation;
  const pipeline = connectPipeline(system.environment);
  const catalogue = new ImageCatalogue(pipeline);
  const stream = new EventStream();
  const tally = new StateTally();
  startRecordFeed({ records, journal, tally, stream, catalogue, onTrouble });
  system.faults.onChange = () => stream.send("faults", system.faults.armed);
  const monitoring = await MonitoringFeed.start({ system, metrics, stream, settings, timeScale, onTrouble });
  const counting = readStates(pipeline.dynamodb, pipeline.metadataTable, tally).catch((error: Error) =>
    onTrouble(`The images could not be counted: ${error.message}`),
  );
  const close = async () => {
    records.stop();
    monitoring.stop();
    await counting;
    stream.close();
    pipeline.close();
  };
  return { pipeline, catalogue, stream, tally, monitoring, close };
}

function routesOf(options: LocalConsoleOptions, parts: Parts): readonly Route[] {
  const { system, observation } = options;
  const { pipeline, catalogue, stream, tally, monitoring } = parts;
  const first = (): Partial<LiveEvents> => ({
    counts: tally.counts,
    faults: system.faults.armed,
    queue: { waiting: monitoring.waiting },
    metrics: monitoring.snapshot,
  });
  return [
    {
      method: "GET",
      path: /^\/api\/console$/,
      answer: async ({ response }) => sendJson(response, 200, about(options)),
    },
    { method: "GET", path: /^\/api\/events$/, answer: async ({ response }) => stream.open(response, first()) },
    uploadRoute(system),
    ...imageRoutes(pipeline, catalogue, (imageId) => observation.journal.entries(imageId)),
    reprocessRoute(pipeline, catalogue),
    ...destructiveRoutes(pipeline, catalogue),
    queueRoute(system.deadLetterQueue, system.sourceBucket),
    ...faultRoutes(system.faults),
  ];
}

/** What the page is told of its surroundings at its start. */
function about({ system, timeScale, settings }: LocalConsoleOptions): ConsoleInfo {
  const { region, credentials, s3Endpoint, sourceBucket } = system;
  return {
    environment: "on this machine",
    local: true,
    region,
    credentials,
    s3Endpoint,
    sourceBucket,
    timeScale,
    timeoutSeconds: settings.LAMBDA_TIMEOUT_S,
  };
}
