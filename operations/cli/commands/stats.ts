import { ImageCatalogue } from "../../image-catalogue";
import { type ImageStatistics, StatisticsSum } from "../../image-statistics";
import type { CommandContext, CommonOptions } from "../command-context";
import { EXIT, type ExitCode } from "../exit-code";
import { plural, showBytes, showCount, showDuration } from "../render/quantities";
import { renderFields } from "../render/table";

const PROGRESS_EVERY = 1000;

export async function stats(
  { since, json }: CommonOptions & { readonly since?: number },
  { pipeline, terminal, signal }: CommandContext,
): Promise<ExitCode> {
  const sum = new StatisticsSum();
  let count = 0;
  for await (const record of new ImageCatalogue(pipeline).all({ since }, signal)) {
    sum.add(record);
    count += 1;
    if (count % PROGRESS_EVERY === 0) terminal.progress(`${plural(count, "image")} read`);
  }
  terminal.progress("");
  const result = sum.result();
  if (json) terminal.out(JSON.stringify(result));
  else if (result.images === 0) terminal.note("No image matches.");
  else terminal.out(renderFields(fieldsOf(result), terminal.columns));
  return EXIT.done;
}

function fieldsOf(statistics: ImageStatistics): readonly (readonly [string, string])[] {
  const { states, reasons, secondsToComplete: seconds } = statistics;
  return [
    ["images", showCount(statistics.images)],
    ...Object.entries(states).map(([state, count]) => [`  ${state}`, showCount(count)] as const),
    ...Object.entries(reasons)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => [`    ${reason === "none" ? "no reason yet" : reason}`, showCount(count)] as const),
    ["originals", `${showBytes(statistics.originalBytes)}, largest ${showBytes(statistics.largestOriginalBytes)}`],
    ["previews", showBytes(statistics.previewBytes)],
    ...(seconds
      ? [["upload to completed", `p50 ${showDuration(seconds.p50)}, p95 ${showDuration(seconds.p95)}`] as const]
      : []),
  ];
}
