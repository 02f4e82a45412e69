import { showCount, showDuration } from "./quantities";

export interface BackfillProgress {
  /** Objects done in this run, and all of this run. */
  readonly done: number;
  readonly total: number;
  readonly sent: number;
  readonly elapsedSeconds: number;
}

const BAR = 20;

/** One line of at most so many columns: what does not fit is left out from the end. */
export function progressBar({ done, total, sent, elapsedSeconds }: BackfillProgress, columns: number): string {
  const part = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(part * BAR);
  const remainingSeconds = done === 0 ? undefined : (elapsedSeconds / done) * (total - done);
  const parts = [
    `${String(Math.floor(part * 100)).padStart(3)}%`,
    ...(remainingSeconds === undefined ? [] : [`${showDuration(remainingSeconds)} left`]),
    `${showCount(done)} of ${showCount(total)}`,
    `${showCount(sent)} sent`,
    `[${"#".repeat(filled)}${".".repeat(BAR - filled)}]`,
  ];
  return parts.reduce((line, next) => (line.length + 2 + next.length < columns ? `${line}  ${next}` : line));
}
