/** The part of dynalite that the local system uses; the package ships no types. */
declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    /** Directory of the LevelDB store. */
    readonly path: string;
    readonly createTableMs: number;
  }

  /** `close` closes the store too. */
  function dynalite(options: DynaliteOptions): Server;
  export = dynalite;
}
