// Loads one file and tells what the process has cost by then: all threads, from its very start.
const [, , file] = process.argv;
require(file);
setImmediate(() => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    JSON.stringify({
      cpuMs: (user + system) / 1000,
      wallMs: performance.now(),
      peakMb: process.resourceUsage().maxRSS / 1024,
    }),
  );
  process.exit();
});
