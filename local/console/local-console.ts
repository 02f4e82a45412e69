import { ImageCatalogue } from "../../operations/image-catalogue";
import type { LocalSystem } from "../local-system";
import { atMostEvery } from "./at-most-every";
import { type ConsoleServer, startConsoleServer } from "./console-server";
import { localTarget } from "./console-target";
import { EventStream } from "./event-stream";
import { type Route, sendJson } from "./exchange";
import { imageRoutes } from "./image-routes";
import type { LocalObservation } from "./local-observation";
import { readStates } from "./read-states";
import type { RecordChanges } from "./record-watch";
import { StateTally } from "./state-tally";
import { uploadRoutes } from "./upload-routes";

/** Counts follow the images at this pace: two hundred uploads are no two hundred messages. */
const COUNTS_INTERVAL_MS = 200;

export interface LocalConsoleOptions {
  readonly system: LocalSystem;
  readonly observation: LocalObservation;
  /** 0: any free port. */
  readonly port: number;
  readonly onTrouble: (sentence: string) => void;
}

/** Starts the console of the system on this machine. @throws {Error} EADDRINUSE as Node words it when the port is taken */
export async function startLocalConsole(options: LocalConsoleOptions): Promise<ConsoleServer> {
  const { system, observation, onTrouble } = options;
  const target = localTarget(system);
  const catalogue = new ImageCatalogue(target);
  const stream = new EventStream();
  const tally = new StateTally();
  const sendCounts = atMostEvery(COUNTS_INTERVAL_MS, () => stream.send("counts", tally.counts));
  const onChanges = ({ images, removed }: RecordChanges) => {
    for (const image of images) {
      observation.journal.changed(image);
      tally.changed(image.imageId, image.processingStatus);
    }
    for (const imageId of removed) tally.changed(imageId, undefined);
    if (images.length > 0) stream.send("images", images);
    if (removed.length > 0) stream.send("removed", removed);
    sendCounts();
  };
  const told = new Set<string>();
  const sendJournal = atMostEvery(COUNTS_INTERVAL_MS, () => {
    stream.send("journal", [...told]);
    told.clear();
  });
  observation.journal.onAdded = (imageId) => {
    told.add(imageId);
    sendJournal();
  };
  observation.records.start({ find: (imageId) => catalogue.find(imageId), onChanges, onTrouble });

  const routes: readonly Route[] = [
    aboutRoute(target.about),
    {
      method: "GET",
      path: /^\/api\/events$/,
      answer: async ({ response }) => stream.open(response, { counts: tally.counts }),
    },
    ...uploadRoutes(target),
    ...imageRoutes(target, catalogue, (imageId) => observation.journal.entries(imageId)),
  ];
  const server = await startConsoleServer({
    port: options.port,
    routes,
    uploadEndpoint: target.about.s3Endpoint,
    onTrouble,
  });
  const counting = readStates(target.dynamodb, target.metadataTable, tally).then(sendCounts, (error: Error) =>
    onTrouble(`The images could not be counted: ${error.message}`),
  );
  return {
    endpoint: server.endpoint,
    close: async () => {
      observation.records.stop();
      await counting;
      stream.close();
      await server.close();
    },
  };
}

const aboutRoute = (about: object): Route => ({
  method: "GET",
  path: /^\/api\/console$/,
  answer: async ({ response }) => sendJson(response, 200, about),
});
