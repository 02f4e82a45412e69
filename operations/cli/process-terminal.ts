import { createInterface } from "node:readline/promises";
import type { ReadStream, WriteStream } from "node:tty";
import type { Terminal } from "./terminal";

export interface Streams {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

const CLEAR_LINE = "\r\u001b[2K";
const PROGRESS_EVERY_MS = 100;

/** The streams of a process as a terminal, or as the pipes that they may be. */
export function processTerminal({ stdin, stdout, stderr }: Streams, signal: AbortSignal): Terminal {
  let hasProgress = false;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (hasProgress) stderr.write(CLEAR_LINE);
    hasProgress = false;
  };
  return {
    out: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!stderr.isTTY) return;
      if (text === "") return clear();
      if (performance.now() - shownAtMs < PROGRESS_EVERY_MS) return;
      clear();
      stderr.write(text);
      hasProgress = true;
      shownAtMs = performance.now();
    },
    columns: stdout.isTTY ? stdout.columns : undefined,
    interactive: stdin.isTTY && stderr.isTTY,
    ask: async (question) => {
      const dialogue = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await dialogue.question(question, { signal })).trim());
      } finally {
        dialogue.close();
      }
    },
  };
}
