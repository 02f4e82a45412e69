import { readFile } from "node:fs/promises";
import {
  ENVIRONMENT_VARIABLES,
  environmentOfVariables,
  type PipelineEnvironment,
  parseOutputs,
  UnusableEnvironment,
} from "../pipeline-environment";

/** What `npm start` writes while it runs, relative to the project's root. */
const LOCAL_OUTPUTS = ".local/outputs.json";

/**
 * The environment that a file names; without one, that of the variables; without those, the local system.
 * @throws {UnusableEnvironment}
 */
export async function findEnvironment(
  outputsPath: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<PipelineEnvironment> {
  if (outputsPath !== undefined) {
    const text = await readIfPresent(outputsPath);
    if (text !== undefined) return parseOutputs(text, outputsPath);
    throw new UnusableEnvironment(
      `${outputsPath} does not exist: write it with cdktf deploy --outputs-file ${outputsPath}`,
    );
  }
  const named = environmentOfVariables(variables);
  if (named) return named;
  const text = await readIfPresent(LOCAL_OUTPUTS);
  if (text !== undefined) return parseOutputs(text, LOCAL_OUTPUTS);
  throw new UnusableEnvironment(
    `No environment is named: give --outputs FILE, set ${ENVIRONMENT_VARIABLES.join(", ")}, or start the local system with npm start`,
  );
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new UnusableEnvironment(`${path} must be a file that can be read, got ${code}`, { cause: error });
  }
}
