// Writes the comment of a pull request and the summary of a run: node write-review.mjs RESULT_DIRECTORY
//
// Reads what was found before (refused.md of check-configuration; plan.json, plan.txt and plan.log of terraform-stack.mjs; or
// comparison.md of synth-diff), has plan-review judge a plan, and writes review.md. Prints `blocked=true` or `blocked=false`,
// which is an output of a step. Whatever is missing or fails blocks.
//
// TITLE, COMMIT, RUN_URL   stand at the top
// PASSED                   `true` where Terraform planned, or synth-diff found no data at risk
// REVIEWER                 path of plan-review.js
// NOTE                     a sentence that stands below the review, where there is one
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { TITLE, COMMIT, RUN_URL, PASSED, REVIEWER, NOTE } = process.env;
const [result = ""] = process.argv.slice(2);
/** GitHub takes 65,536 characters. */
const MAX_BYTES = 64_000;
/** Of those, for the review; Terraform's own words have the rest. */
const MAX_REVIEW_BYTES = 45_000;
const MAX_LOG_CHARACTERS = 8000;

const read = (name) => (existsSync(join(result, name)) ? readFileSync(join(result, name), "utf8") : "");
const bytesOf = (text) => Buffer.byteLength(text);

/** The beginning of the text that fits, cut at the end of a line. */
function beginning(text, maxBytes) {
  if (bytesOf(text) <= maxBytes) return text;
  const cut = Buffer.from(text).subarray(0, maxBytes).toString();
  return cut.slice(0, cut.lastIndexOf("\n") + 1);
}

/** A block of code that nothing in the text can end. Control characters could move a terminal's cursor. */
function fenced(text) {
  const plain = text.replace(/[^\P{C}\n\t]/gu, "").trimEnd();
  const fence = "`".repeat(Math.max(3, ...(plain.match(/`+/g) ?? []).map(({ length }) => length + 1)));
  return `${fence}\n${plain}\n${fence}\n`;
}

/** What was found, and whether it blocks. */
function judge() {
  const refused = read("refused.md");
  if (refused) {
    const why = "This could act before anybody has reviewed it, so no role was assumed and nothing was planned:";
    return { isBlocked: true, review: `## 🛑 BLOCK: the configuration is refused\n\n${why}\n\n${refused}` };
  }
  const comparison = read("comparison.md");
  if (comparison) return { isBlocked: PASSED !== "true", review: comparison };
  const arguments_ = [
    REVIEWER,
    "--format",
    "markdown",
    "--max-bytes",
    String(MAX_REVIEW_BYTES),
    join(result, "plan.json"),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, arguments_, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (stdout.trim() !== "") return { isBlocked: status !== 0 || PASSED !== "true", review: stdout };
  const said = `${read("plan.log")}\n${read("plan.json") ? stderr : ""}`.trim().slice(-MAX_LOG_CHARACTERS);
  return {
    isBlocked: true,
    review: `## 🛑 BLOCK: there is nothing to review\n\nThe end of what was said:\n\n${fenced(said)}`,
  };
}

/** Terraform's own words, folded, as much of them as there is room for. */
function planInFull(room) {
  const plan = read("plan.txt");
  if (!plan) return "";
  const open = "\n<details><summary>The plan in Terraform's words</summary>\n\n";
  const close = "\n</details>\n";
  const cutAt = room - bytesOf(open) - bytesOf(close) - 400;
  if (cutAt < 1000) return `\nThe plan in Terraform's words is an artifact of [the run](${RUN_URL}#artifacts).\n`;
  const shown = beginning(plan, cutAt);
  const rest =
    shown === plan ? "" : `\nThis is the beginning; all of it is an artifact of [the run](${RUN_URL}#artifacts).\n`;
  return `${open}${fenced(shown)}${rest}${close}`;
}

const { isBlocked, review } = judge();
const head = `# ${TITLE}\n\nCommit ${COMMIT}, [run](${RUN_URL})\n\n`;
const note = NOTE ? `\n${NOTE}\n` : "";
const body = `${head}${beginning(review, MAX_BYTES - 2000).trimEnd()}\n${note}`;
writeFileSync(join(result, "review.md"), `${body}${planInFull(MAX_BYTES - bytesOf(body))}`);
process.stdout.write(`blocked=${isBlocked}\n`);
