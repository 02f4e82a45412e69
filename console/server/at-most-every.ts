/** A function that runs `work` soon after it is called, once for all calls within the interval. */
export function atMostEvery(intervalMs: number, work: () => void): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      work();
    }, intervalMs).unref();
  };
}
