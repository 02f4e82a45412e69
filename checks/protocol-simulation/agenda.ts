export interface Task {
  readonly atMs: number;
  cancel(): void;
}

interface PlannedTask extends Task {
  readonly run: () => void;
  readonly wakes: boolean;
  cancelled: boolean;
}

/**
 * The only clock of a simulation, and everything that is still to happen. Time stands still while a task runs and while the
 * code that it woke runs on to its next wait; then it jumps to the next task.
 */
export class Agenda {
  /** Epoch ms, virtual. */
  nowMs: number;
  readonly #tasks: PlannedTask[] = [];

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** @param run wakes an invocation */
  after(delayMs: number, run: () => void): Task {
    return this.#plan(delayMs, run, true);
  }

  /** @param run happens inside a service: no invocation learns of it yet */
  afterUnnoticed(delayMs: number, run: () => void): Task {
    return this.#plan(delayMs, run, false);
  }

  #plan(delayMs: number, run: () => void, wakes: boolean): Task {
    const task: PlannedTask = {
      atMs: this.nowMs + delayMs,
      run,
      wakes,
      cancelled: false,
      cancel: () => {
        task.cancelled = true;
      },
    };
    // Sorted by time; among equals the first planned comes first.
    let position = this.#tasks.length;
    while (position > 0 && (this.#tasks[position - 1] as PlannedTask).atMs > task.atMs) position -= 1;
    this.#tasks.splice(position, 0, task);
    return task;
  }

  /** Runs until nothing is left to happen, or `finished` says so. */
  async run(finished: () => boolean): Promise<void> {
    while (!finished()) {
      const task = this.#tasks.shift();
      if (!task) return;
      if (task.cancelled) continue;
      this.nowMs = task.atMs;
      task.run();
      if (task.wakes) await everythingWaits();
    }
  }
}

/** Comes back when no microtask is left: every invocation waits for something on the agenda. */
const everythingWaits = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
