import fc from "fast-check";
import { SETTING_NAMES } from "../../contract/settings";
import { editDistance, faultsOfSpelling, looseName, nearestName } from "../../contract/spelling";

const NAMES = SETTING_NAMES;
const CHARACTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"];

type Edit = { kind: "insert" | "delete" | "substitute" | "swap"; place: number; character: string };

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("insert", "delete", "substitute", "swap"),
  place: fc.nat(1000),
  character: fc.constantFrom(...CHARACTERS),
});

function applyEdit(name: string, { kind, place, character }: Edit): string {
  const at = place % name.length;
  const [before, after] = [name.slice(0, at), name.slice(at)];
  if (kind === "insert") return before + character + after;
  if (kind === "delete") return before + after.slice(1);
  if (kind === "substitute") return before + character + after.slice(1);
  return before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
}

describe("editDistance", () => {
  test.each([
    ["LOG_LEVEL", "LOG_LEVEL", 0],
    ["LOG_LEVLE", "LOG_LEVEL", 1],
    ["LOGLEVEL", "LOG_LEVEL", 1],
    ["LOG_LEVELS", "LOG_LEVEL", 1],
    ["DD_LOG_LEVEL", "LOG_LEVEL", 3],
    ["AWS_DEFAULT_REGION", "AWS_REGION", 8],
    ["", "ABC", 3],
  ])("from %s to %s is %i", (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits);
  });

  test("is symmetric, and nought only between equal texts", () => {
    const word = fc.string({ unit: fc.constantFrom("A", "B", "C"), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(editDistance(one, other)).toBe(editDistance(other, one));
        expect(editDistance(one, other) === 0).toBe(one === other);
      }),
    );
  });
});

describe("nearestName", () => {
  test("finds a name again after one edit", () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), edit, (name, change) => {
        expect(nearestName(applyEdit(name, change), NAMES)).toBe(name);
      }),
    );
  });

  test("recognizes two edits at different places as a misspelling of some name", () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), edit, edit, (name, first, second) => {
        const misspelt = applyEdit(applyEdit(name, first), second);
        fc.pre(editDistance(misspelt, name) <= 2);
        expect(nearestName(misspelt, NAMES)).toBeDefined();
      }),
    );
  });

  test("leaves alone what is three edits or more away from every name", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 24 }), (name) => {
        fc.pre(NAMES.every((known) => editDistance(name, known) > 2));
        expect(nearestName(name, NAMES)).toBeUndefined();
      }),
    );
  });

  test.each([
    ..."AWS_DEFAULT_REGION AWS_PROFILE AWS_REGION_NAME AWS_ROLE_ARN AWS_ACCESS_KEY_ID AWS_ENDPOINT_URL AWS_CONFIG_FILE".split(
      " ",
    ),
    ..."AWS_LAMBDA_FUNCTION_NAME AWS_SDK_LOAD_CONFIG AWS_RETRY_MODE AWS_MAX_ATTEMPTS AWS_CA_BUNDLE AWS_PAGER".split(
      " ",
    ),
    ..."TF_LOG TF_LOG_PATH TF_WORKSPACE TF_DATA_DIR TF_INPUT TF_CLI_ARGS TF_PLUGIN_CACHE_DIR TF_TOKEN_app_terraform_io".split(
      " ",
    ),
    ..."TFC_RUN_ID TFC_WORKSPACE_NAME TFE_TOKEN CDKTF_OUTDIR CDKTF_CONTEXT_JSON CDKTF_LOG_LEVEL CHECKPOINT_DISABLE".split(
      " ",
    ),
    ..."CI GITHUB_ACTIONS GITHUB_REPOSITORY RUNNER_OS GITLAB_CI CI_JOB_ID JENKINS_URL BUILD_NUMBER CODEBUILD_BUILD_ID".split(
      " ",
    ),
    ..."PATH HOME SHELL USER LANG LC_ALL TERM PWD OLDPWD LOGNAME EDITOR TMPDIR HOSTNAME SHLVL NODE_ENV NODE_OPTIONS".split(
      " ",
    ),
    ..."DD_LOG_LEVEL POWERTOOLS_LOG_LEVEL npm_config_loglevel JAVA_HOME EMAIL MEMORY_LIMIT LOG_FORMAT S3_FORCE_PATH_STYLE".split(
      " ",
    ),
  ])("leaves %s alone, as a loose name too", (name) => {
    expect(nearestName(name, NAMES)).toBeUndefined();
    expect(looseName(name, NAMES)).toBeUndefined();
  });
});

describe("faultsOfSpelling", () => {
  test.each([
    ["LAMBDA_MEMORY", "LAMBDA_MEMORY_MB"],
    ["ALARM_ERRORS", "ALARM_ERRORS_PER_5_MIN"],
    ["ALARM_REJECTED", "ALARM_REJECTED_PERCENT"],
    ["protect_data", "PROTECT_DATA"],
    ["LOGLEVEL", "LOG_LEVEL"],
  ])("takes %s for %s", (name, meant) => {
    expect(faultsOfSpelling({ [name]: "1" }, NAMES)).toEqual([`${name} must be spelt ${meant}, got "1"`]);
  });

  test("leaves a loose name alone beside the right one, and tells one that is near", () => {
    expect(faultsOfSpelling({ aws_region: "eu-west-1", AWS_REGION: "eu-west-1" }, NAMES)).toEqual([]);
    expect(faultsOfSpelling({ LAMBDA_MEMORY: "1", LAMBDA_MEMORY_MB: "2048" }, NAMES)).toEqual([]);
    expect(faultsOfSpelling({ LOGLEVEL: "DEBUG", LOG_LEVEL: "INFO" }, NAMES)).toHaveLength(1);
  });

  test("takes what is set to nothing for not set", () => {
    expect(faultsOfSpelling({ LOGLEVEL: undefined }, NAMES)).toEqual([]);
  });
});
