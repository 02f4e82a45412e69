import { messageOf } from "../contract/error-codes";
import { type Candidate, SUBJECT } from "./candidates";
import type { ImageClass } from "./images/image-classes";
import { PreviewJudge, type PreviewQuality } from "./quality/preview-quality";
import { median, pairedRatio } from "./report/statistics";
import { type Cost, WorkerProcess } from "./workers/worker-process";

/** What one candidate did with one kind of image: medians over the rounds. */
export interface Result extends Cost {
  readonly candidate: string;
  /** CPU time as a multiple of the subject's in the same round. */
  readonly ratio: number;
  readonly quality?: PreviewQuality;
}

export interface Refusal {
  readonly candidate: string;
  /** Why it cannot render this kind of image, in its own words. */
  readonly cannot: string;
}

export interface ClassComparison {
  readonly name: string;
  readonly description: string;
  readonly results: readonly Result[];
  readonly refusals: readonly Refusal[];
}

export interface Effort {
  readonly boxes: readonly string[];
  readonly rounds: number;
  readonly runMs: number;
  readonly quality: boolean;
  /** Stands before every candidate's command. */
  readonly pinned: readonly string[];
}

interface Runner {
  readonly candidate: Candidate;
  readonly worker: WorkerProcess;
  readonly iterations: number;
  readonly costs: Cost[];
}

/** Runs all candidates over one image, in turns: what disturbs the machine disturbs all of them. */
export async function compareOn(
  { name, description, output }: ImageClass,
  file: string,
  candidates: readonly Candidate[],
  effort: Effort,
  tell: (progress: string) => void,
): Promise<ClassComparison> {
  const runners: Runner[] = [];
  const refusals: Refusal[] = [];
  try {
    for (const candidate of candidates) {
      tell(`${name}: starting ${candidate.name}`);
      try {
        runners.push(await startRunner(candidate, [file, output, effort.boxes.join(",")], effort));
      } catch (error) {
        refusals.push({ candidate: candidate.name, cannot: messageOf(error) });
      }
    }
    await runRounds(runners, effort.rounds, (progress) => tell(`${name}: ${progress}`));
  } finally {
    for (const { worker } of runners) worker.stop();
  }
  const qualities = effort.quality ? await judgeAll(runners, new PreviewJudge(file, effort.boxes), tell) : undefined;
  const results = runners.map((runner) => summary(runner, runners, qualities?.get(runner)));
  return { name, description, results, refusals };
}

async function startRunner(candidate: Candidate, job: readonly string[], effort: Effort): Promise<Runner> {
  const worker = await WorkerProcess.start([...effort.pinned, ...candidate.command, ...job]);
  try {
    const { cpuMs } = await worker.run(1);
    return { candidate, worker, iterations: Math.max(1, Math.min(50, Math.ceil(effort.runMs / cpuMs))), costs: [] };
  } catch (error) {
    worker.stop();
    throw error;
  }
}

async function runRounds(runners: readonly Runner[], rounds: number, tell: (progress: string) => void): Promise<void> {
  const startMs = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    // Every round begins with another candidate, so that none always follows the same one.
    const first = round % Math.max(1, runners.length);
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)])
      runner.costs.push(await runner.worker.run(runner.iterations));
    const leftSeconds = ((performance.now() - startMs) / (round + 1)) * (rounds - round - 1) * 1e-3;
    tell(`round ${round + 1} of ${rounds}, about ${Math.ceil(leftSeconds)} s left`);
  }
}

async function judgeAll(
  runners: readonly Runner[],
  judge: PreviewJudge,
  tell: (progress: string) => void,
): Promise<ReadonlyMap<Runner, PreviewQuality | undefined>> {
  const qualities = new Map<Runner, PreviewQuality | undefined>();
  for (const runner of runners) {
    tell(`judging the previews of ${runner.candidate.name}`);
    // The floor resizes nothing, so there is nothing to judge.
    qualities.set(runner, await judge.judge(runner.candidate.command).catch(() => undefined));
  }
  return qualities;
}

function summary({ candidate, costs }: Runner, all: readonly Runner[], quality?: PreviewQuality): Result {
  const subject = all.find((runner) => runner.candidate.name === SUBJECT)?.costs ?? costs;
  const cpu = (of: readonly Cost[]): number[] => of.map(({ cpuMs }) => cpuMs);
  return {
    candidate: candidate.name,
    ratio: pairedRatio(cpu(costs), cpu(subject)),
    cpuMs: median(cpu(costs)),
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    bytes: median(costs.map(({ bytes }) => bytes)),
    peakMb: Math.max(...costs.map(({ peakMb }) => peakMb)),
    ...(quality && { quality }),
  };
}
