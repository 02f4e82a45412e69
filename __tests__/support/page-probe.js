// Runs in every page of the tests before anything else: plain JavaScript, because it belongs to the browser.
const probe = { layoutShift: 0 };

new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) probe.layoutShift += value;
}).observe({ type: "layout-shift", buffered: true });

/** Drops files onto the page, as a person does from the desktop. */
probe.dropFiles = (files) => {
  const dataTransfer = new DataTransfer();
  for (const { name, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
  }
  for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
};

/** Resolves with the time in ms that the page took to show the next two frames after a scroll. */
probe.scrollTo = async (top) => {
  const startedAt = performance.now();
  scrollTo(0, top);
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return performance.now() - startedAt;
};

globalThis.probe = probe;
