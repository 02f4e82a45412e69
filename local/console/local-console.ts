import { ImageCatalogue } from "../../operations/image-catalogue";
import { connectPipeline } from "../../operations/pipeline-clients";
import type { LocalSettings } from "../local-settings";
import type { LocalSystem } from "../local-system";
import { type ConsoleServer, startConsoleServer } from "./console-server";
import { EventStream } from "./event-stream";
import { type Route, sendJson } from "./exchange";
import { faultRoutes } from "./fault-routes";
import { imageRoutes } from "./image-routes";
import type { LocalObservation } from "./local-observation";
import { MonitoringFeed } from "./monitoring-feed";
import { destructiveRoutes, reprocessRoute } from "./operation-routes";
import { queueRoute } from "./queue-routes";
import { readStates } from "./read-states";
import { startRecordFeed } from "./record-feed";
import { StateTally } from "./state-tally";
import { uploadRoute } from "./upload-routes";

export interface LocalConsoleOptions {
  readonly system: LocalSystem;
  readonly observation: LocalObservation;
  /** Factor on time limit and delays, which the page tells of. */
  readonly timeScale: number;
  readonly settings: LocalSettings;
  /** 0: any free port. */
  readonly port: number;
  readonly onTrouble: (sentence: string) => void;
}

/** Starts the console of the system on this machine. @throws {Error} EADDRINUSE as Node words it when the port is taken */
export async function startLocalConsole(options: LocalConsoleOptions): Promise<ConsoleServer> {
  const { system, observation, settings, timeScale, onTrouble } = options;
  const { records, journal, metrics } = observation;
  const { deadLetterQueue, faults } = system;
  const pipeline = connectPipeline(system.environment);
  const catalogue = new ImageCatalogue(pipeline);
  const stream = new EventStream();
  const tally = new StateTally();
  startRecordFeed({ records, journal, tally, stream, catalogue, onTrouble });
  faults.onChange = () => stream.send("faults", faults.armed);
  const monitoring = await MonitoringFeed.start({ system, metrics, stream, settings, timeScale, onTrouble });

  const events: Route = {
    method: "GET",
    path: /^\/api\/events$/,
    answer: async ({ response }) =>
      stream.open(response, {
        counts: tally.counts,
        faults: faults.armed,
        queue: { waiting: monitoring.waiting },
        metrics: monitoring.snapshot,
      }),
  };
  const server = await startConsoleServer({
    port: options.port,
    routes: [
      {
        method: "GET",
        path: /^\/api\/console$/,
        answer: async ({ response }) => sendJson(response, 200, about(options)),
      },
      events,
      uploadRoute(system),
      ...imageRoutes(pipeline, catalogue, (imageId) => journal.entries(imageId)),
      reprocessRoute(pipeline, catalogue),
      ...destructiveRoutes(pipeline, catalogue),
      queueRoute(deadLetterQueue, system.sourceBucket),
      ...faultRoutes(faults),
    ],
    uploadEndpoint: system.s3Endpoint,
    onTrouble,
  });
  const counting = readStates(pipeline.dynamodb, pipeline.metadataTable, tally).catch((error: Error) =>
    onTrouble(`The images could not be counted: ${error.message}`),
  );
  return {
    endpoint: server.endpoint,
    close: async () => {
      records.stop();
      monitoring.stop();
      await counting;
      stream.close();
      await server.close();
      pipeline.close();
    },
  };
}

/** What the page is told of its surroundings at its start. */
function about({ system, timeScale, settings }: LocalConsoleOptions) {
  const { region, credentials, s3Endpoint, sourceBucket } = system;
  return {
    environment: "on this machine",
    local: true,
    region,
    credentials,
    s3Endpoint,
    sourceBucket,
    timeScale,
    timeoutSeconds: settings.timeoutSeconds,
  };
}
