import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { OutputFormat, Renderer } from "../peers/renderer";

/**
 * Runs a candidate in Node. Arguments: MODULE FILE OUTPUT BOXES. Speaks with the benchmark in lines, as every worker does: see
 * worker-process.ts.
 */
async function work([module = "", file = "", output, boxes = ""]: readonly string[]): Promise<void> {
  const bytes = readFileSync(file);
  const parsedBoxes = boxes.split(",").map((box) => {
    const [width = 0, height = 0] = box.split("x").map(Number);
    return { width, height };
  });
  const { render } = (await import(module)) as { readonly render: Renderer };
  const renderOnce = (): Promise<readonly Buffer[]> => render(bytes, parsedBoxes, output as OutputFormat);
  await renderOnce();
  answer({});
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, argument = ""] = line.split(" ", 2);
    answer(verb === "run" ? await run(Number(argument), renderOnce) : await write(argument, renderOnce));
  }
}

async function run(iterations: number, renderOnce: () => Promise<readonly Buffer[]>): Promise<object> {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  let bytes = 0;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const previews = await renderOnce();
    bytes = previews.reduce((sum, { length }) => sum + length, 0);
  }
  // Of all threads: the decoder's too.
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMs: (user + system) / 1000 / iterations,
    wallMs: (performance.now() - startMs) / iterations,
    bytes,
  };
}

async function write(directory: string, renderOnce: () => Promise<readonly Buffer[]>): Promise<object> {
  for (const [index, body] of (await renderOnce()).entries()) writeFileSync(join(directory, String(index)), body);
  return {};
}

const answer = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

work(process.argv.slice(2)).catch((error: unknown) =>
  answer({ error: (error instanceof Error ? error.message : String(error)).slice(0, 200) }),
);
