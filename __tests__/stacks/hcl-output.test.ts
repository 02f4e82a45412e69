import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { ImagePipelineStack } from "../../stacks/image-pipeline-stack";
import { readStackSettings } from "../../stacks/settings";

/** `NAME = <<EOF`, the text, `EOF`. */
const HEREDOC = /^\s*(\w+) = <<EOF\n([\s\S]*?)\nEOF$/gm;
const ATTRIBUTES_OF_JSON = /^\s*(?:assume_role_policy|policy|dashboard_body)\s*=/gm;

let directory: string;
let hcl: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hcl-output-"));
  const settings = readStackSettings({ ALARM_EMAIL: "oncall@example.com", SOURCE_VERSIONING: "true" });
  const bundle = (name: string) => {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, "index.js"), "exports.handler = async () => 1;\n");
    return join(directory, name);
  };
  const bundles = { imageProcessor: bundle("processor"), failureRecorder: bundle("recorder") };
  // What the command line sets; the stack reads it when it is made.
  process.env.SYNTH_HCL_OUTPUT = "true";
  const app = new App({ outdir: join(directory, "out") });
  new ImagePipelineStack(app, "hcl", { settings, bundles });
  app.synth();
  hcl = readFileSync(join(directory, "out/stacks/hcl/cdk.tf"), "utf8");
});

afterAll(() => {
  delete process.env.SYNTH_HCL_OUTPUT;
  rmSync(directory, { recursive: true, force: true });
});

describe("cdktf synth --hcl", () => {
  test("writes every policy and the dashboard as text of several lines, which needs no escapes", () => {
    const texts = [...hcl.matchAll(HEREDOC)].flatMap(([, , text = ""]) =>
      text.startsWith("{") ? [JSON.parse(text)] : [],
    );
    expect(texts).toHaveLength(hcl.match(ATTRIBUTES_OF_JSON)?.length ?? 0);
    expect(texts.length).toBeGreaterThan(5);
  });

  test("writes no quote inside a text of one line", () => {
    const lines = hcl.replace(HEREDOC, "").split("\n");
    const quoted = lines.flatMap((line) => /^\s*(?:\w+ = )?"(.*)",?$/.exec(line)?.[1] ?? []);
    expect(quoted.length).toBeGreaterThan(50);
    expect(quoted.filter((text) => /(?<!\\)"/.test(text))).toEqual([]);
  });
});
