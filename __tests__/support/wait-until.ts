const LONGEST_PAUSE_MS = 100;

/**
 * Polls a condition until it holds; the longer it takes, the less often, so that waiting takes little from what is waited for.
 * The deadline is generous: it bounds a broken test, not a slow machine.
 */
export async function waitUntil(condition: () => boolean | Promise<boolean>, deadlineMs = 25_000): Promise<void> {
  const start = Date.now();
  while (!(await condition())) {
    const waitedMs = Date.now() - start;
    if (waitedMs > deadlineMs) throw new Error(`condition must hold within ${deadlineMs} ms: ${condition}`);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 5 + waitedMs / 10);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
