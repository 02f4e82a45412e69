import { Command, InvalidArgumentError, Option } from "commander";
import { UPLOAD_PREFIX } from "../../contract/names";
import { STATUSES } from "../image-catalogue";
import { ENVIRONMENT_VARIABLES } from "../pipeline-environment";
import type { CommandContext, CommonOptions } from "./command-context";
import { type BackfillCommandOptions, backfillObjects } from "./commands/backfill";
import { type DeleteOptions, deleteImages } from "./commands/delete";
import { type ListOptions, list } from "./commands/list";
import { type ReplayOptions, replay } from "./commands/replay";
import { type ReprocessOptions, reprocess } from "./commands/reprocess";
import { show } from "./commands/show";
import { stats } from "./commands/stats";
import { type VerifyOptions, verify } from "./commands/verify";
import { EXIT_CODES_HELP, type ExitCode } from "./exit-code";
import { parseCode, parseCount, parseDuration, parseRate, parseStatus, parseTime } from "./parse-values";

/** Connects to the environment that the options name, runs the command, and keeps its exit code. */
export type RunCommand = (
  options: CommonOptions,
  command: (context: CommandContext) => Promise<ExitCode>,
) => Promise<void>;

/** The library breaks the lines. */
const DESCRIPTION = `Finds, repairs and refills images of an environment.

${[
  "The environment is the one of --outputs (a file of cdktf deploy --outputs-file); without it that of the variables",
  `${ENVIRONMENT_VARIABLES.join(", ")} and AWS_REGION; without those the local system of npm start.`,
  "Credentials are found as the AWS SDK finds them. Times are 2h, 3d (ago) or ISO 8601.",
].join(" ")}`;

/** The whole command line as data; `run` does the work. */
export function imagesProgram(run: RunCommand): Command {
  const program = new Command("npm run images --")
    .description(DESCRIPTION)
    .addHelpText("after", EXIT_CODES_HELP)
    .helpCommand(false);
  for (const addCommand of [addList, addShow, addStats, addReprocess, addReplay, addBackfill, addDelete, addVerify])
    addCommand(program, run);
  return program;
}

function newCommand(program: Command, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option("--json", "one JSON document a line, for programs")
    .option("--outputs <file>", "outputs of cdktf deploy --outputs-file")
    .addHelpText("after", EXIT_CODES_HELP);
}

const since = () =>
  new Option("--since <time>", "uploaded then or later: 2h, 3d, ISO 8601").argParser((text) => parseTime(text));
const until = () => new Option("--until <time>", "uploaded then or earlier").argParser((text) => parseTime(text));
const user = (what: string) => new Option("--user <user>", what);
const status = (what: string) =>
  new Option("--status <state>", `${what}: ${STATUSES.join(", ")}`).argParser(parseStatus);
const rate = () => new Option("--rate <n>", "so many a second at most").argParser(parseRate).default(10);
const yes = () => new Option("--yes", "do not ask");
const dryRun = () => new Option("--dry-run", "say what would be done, and do nothing");

function addList(program: Command, run: RunCommand): void {
  newCommand(program, "list", "Images, newest first")
    .addOption(status("in this state"))
    .addOption(user("of this user"))
    .addOption(since())
    .addOption(until())
    .addOption(new Option("--limit <n>", "so many at most").argParser(parseCount).default(20))
    .action((options: ListOptions) => run(options, (context) => list(options, context)));
}

function addShow(program: Command, run: RunCommand): void {
  newCommand(program, "show <image-id>", "Everything that is known of an image").action(
    (imageId: string, options: CommonOptions) => run(options, (context) => show(imageId, options, context)),
  );
}

function addStats(program: Command, run: RunCommand): void {
  newCommand(program, "stats", "Counts by state and reason, sizes, times")
    .addOption(since())
    .action((options: CommonOptions & { since?: number }) => run(options, (context) => stats(options, context)));
}

function addReprocess(program: Command, run: RunCommand): void {
  newCommand(program, "reprocess [image...]", "Has images processed again under the same identity")
    .addOption(status("all images in this state"))
    .addOption(new Option("--code <code>", "of those, the ones with this error code").argParser(parseCode))
    .addOption(user("of those, the ones of this user"))
    .addOption(since())
    .addOption(until())
    .addOption(new Option("--force", "completed images and those that failed for good too"))
    .addOption(rate())
    .addOption(dryRun())
    .addOption(yes())
    .action((imageIds: string[], options: ReprocessOptions) =>
      run(options, (context) => reprocess(imageIds, options, context)),
    );
}

function addReplay(program: Command, run: RunCommand): void {
  newCommand(program, "replay", "Sends dead letters to the processor again, or discards them")
    .addOption(new Option("--max <n>", "so many at most").argParser(parseCount))
    .addOption(
      new Option("--discard <message-id...>", "delete these messages instead of sending them").conflicts("max"),
    )
    .addOption(rate())
    .addOption(dryRun())
    .addOption(yes())
    .action((options: ReplayOptions) => run(options, (context) => replay(options, context)));
}

function addBackfill(program: Command, run: RunCommand): void {
  newCommand(program, "backfill", "Sends objects of the source bucket that have no record to the processor")
    .addOption(new Option("--prefix <prefix>", "only keys that begin so").argParser(parsePrefix).default(UPLOAD_PREFIX))
    .addOption(
      new Option("--older-than <duration>", "leave out younger objects, whose own events may be under way")
        .argParser(parseDuration)
        .default(undefined, "the least: 2h, or as long as the upload queue keeps messages"),
    )
    .addOption(
      new Option(
        "--min-age <duration>",
        "lower the least age, to 2h at least, while no message is in the upload queue",
      ).argParser(parseDuration),
    )
    .addOption(rate())
    .addOption(new Option("--state <file>", "where it stands").default(undefined, ".local/backfill-BUCKET.json"))
    .addOption(new Option("--restart", "begin anew instead of where an earlier run stopped"))
    .addOption(dryRun())
    .addOption(yes())
    .action((options: BackfillCommandOptions) => run(options, (context) => backfillObjects(options, context)));
}

function parsePrefix(text: string): string {
  if (text.startsWith(UPLOAD_PREFIX)) return text;
  throw new InvalidArgumentError(`must begin with ${UPLOAD_PREFIX}, got "${text}"`);
}

function addDelete(program: Command, run: RunCommand): void {
  newCommand(program, "delete [image...]", "Deletes images: original, previews, then record")
    .addOption(user("all images of this user, and whatever lies under the user's prefix"))
    .addOption(new Option("--force", "delete an original too that may belong to a newer upload"))
    .addOption(dryRun())
    .addOption(yes())
    .action((imageIds: string[], options: DeleteOptions) =>
      run(options, (context) => deleteImages(imageIds, options, context)),
    );
}

function addVerify(program: Command, run: RunCommand): void {
  newCommand(program, "verify", "Holds previews against records, and looks for previews without a record")
    .addOption(new Option("--repair", "process images again, delete previews without a record"))
    .addOption(user("images of this user only"))
    .addOption(since())
    .addOption(rate())
    .addOption(yes())
    .action((options: VerifyOptions) => run(options, (context) => verify(options, context)));
}
