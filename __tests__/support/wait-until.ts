/** Polls a condition until it holds. The deadline is generous: it bounds a broken test, not a slow machine. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, deadlineMs = 25_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`condition must hold within ${deadlineMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
