import { createRequire } from "node:module";
import { resolve } from "node:path";

/** Loads a peer from `bench/node_modules`; the working directory is the project's root. */
export const benchRequire: NodeJS.Require = createRequire(resolve("bench/package.json"));
