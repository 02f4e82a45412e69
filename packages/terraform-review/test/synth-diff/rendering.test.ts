import { compareOutputs } from "../../src/synth/compare-outputs";
import { renderJson } from "../../src/synth/render/json";
import { renderMarkdown } from "../../src/synth/render/markdown";
import { reportOf } from "../../src/synth/render/report";
import { renderText } from "../../src/synth/render/text";
import { synthesizedOutput, type WrittenElements, writtenStack } from "../support/synthesized-output";
import { temporaryDirectory } from "../support/temporary-directory";

const directory = temporaryDirectory();

function diffOf(
  base: WrittenElements,
  head: WrittenElements,
  labels: readonly [string, string] = ["main", "working tree"],
) {
  return compareOutputs(
    synthesizedOutput(directory, labels[0], writtenStack(base)),
    synthesizedOutput(directory, labels[1], writtenStack(head)),
  );
}

const queue = (id: string, seconds: number): WrittenElements => ({
  [`aws_sqs_queue.${id}`]: [`${id}/queue`, { name: "dlq", message_retention_seconds: seconds }],
});
const worker = (memory: number): WrittenElements => ({
  "aws_lambda_function.worker": ["worker/function", { function_name: "worker", memory_size: memory }],
});
const renamed = () => diffOf({ ...queue("one", 60), ...worker(512) }, { ...queue("two", 90), ...worker(1024) });

describe("the text", () => {
  test("says first what endangers data, then what else differs, by construct, and what would help", () => {
    expect(renderText(reportOf(renamed()))).toBe(`DATA AT RISK, main → working tree: 1 replaced, 1 changed

Hidden replacements
  two
!   aws_sqs_queue.two was aws_sqs_queue.one
      at risk: every message that waits
      construct one/queue is now two/queue
      message_retention_seconds: 60 → 90

Changed
  worker
    aws_lambda_function.worker
      memory_size: 512 → 1024

What would keep the renamed resources, in Terraform:

moved {
  from = aws_sqs_queue.one
  to   = aws_sqs_queue.two
}

The same in CDKTF, on the resource of each construct:
  two/queue: resource.moveFromId("aws_sqs_queue.one")
`);
  });

  test("tells a move once", () => {
    const moved = [{ from: "aws_sqs_queue.one", to: "aws_sqs_queue.two" }];
    const diff = compareOutputs(
      synthesizedOutput(directory, "main", writtenStack(queue("one", 60))),
      synthesizedOutput(directory, "head", writtenStack(queue("two", 60), { moved })),
    );
    expect(renderText(reportOf(diff))).toBe(
      "DIFFERENCES, main → head: 1 moved\n\nMoved\n  two\n    aws_sqs_queue.two was aws_sqs_queue.one\n",
    );
  });

  test("is one line where nothing differs", () => {
    expect(renderText(reportOf(diffOf(worker(1), worker(1))))).toBe("NO DIFFERENCE, main → working tree\n");
  });
});

describe("the Markdown", () => {
  test("has the same content, with a block to paste", () => {
    const text = renderMarkdown(reportOf(renamed()));
    expect(text).toMatch(/^## 🛑 DATA AT RISK, `main` → `working tree`: 1 replaced, 1 changed\n/);
    expect(text).toContain(
      "  - 🛑 `aws_sqs_queue.two` was `aws_sqs_queue.one`\n    - at risk: every message that waits\n",
    );
    expect(text).toContain("```hcl\nmoved {\n  from = aws_sqs_queue.one\n  to   = aws_sqs_queue.two\n}\n```\n");
    expect(text).toContain('- `two/queue`: `resource.moveFromId("aws_sqs_queue.one")`');
  });

  test("fits a comment, and counts what it leaves out", () => {
    const many = (prefix: string): WrittenElements =>
      Object.fromEntries(
        Array.from({ length: 2000 }, (_, index) => [
          `aws_sns_topic.${prefix}_${index}`,
          [`${prefix}${index}/topic`, { name: `${prefix}-${index}`, display_name: "x".repeat(300) }],
        ]),
      );
    const text = renderMarkdown(reportOf(diffOf({}, many("topic"))));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\*and [\d,]+ more\*/);
  });
});

describe("whatever comes from a revision", () => {
  const HOSTILE = "```\n</details><img src=x> @everyone \u001b[2J\u202e [a](http://b)`";
  const hostile = () =>
    diffOf(
      { "aws_sqs_queue.one": [`${HOSTILE}/queue`, { name: "dlq", [HOSTILE]: HOSTILE }] },
      { "aws_sqs_queue.two": ["two/queue", { name: "dlq", [HOSTILE]: `${HOSTILE}2` }], ...worker(1) },
      [HOSTILE, "head"],
    );

  test("stays within its code span", () => {
    const text = renderMarkdown(reportOf(hostile()));
    const outside = text.replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, "");
    expect(outside).not.toContain("@everyone");
    expect(outside).not.toContain("<img");
    for (const character of ["\u001b", "\u202e"]) expect(text).not.toContain(character);
  });

  test("cannot move a terminal's cursor", () => {
    const text = renderText(reportOf(hostile()));
    for (const character of ["\u001b", "\u202e"]) expect(text).not.toContain(character);
  });
});

test("the JSON holds everything for programs", () => {
  expect(JSON.parse(renderJson(renamed()))).toMatchObject({
    verdict: "data-at-risk",
    base: "main",
    head: "working tree",
    changes: [
      {
        kind: "replacement",
        stack: "app",
        address: "aws_sqs_queue.two",
        path: "two/queue",
        previousAddress: "aws_sqs_queue.one",
        holding: "every message that waits",
        endangers: true,
        differences: [{ path: ["message_retention_seconds"], before: 60, after: 90 }],
        call: 'resource.moveFromId("aws_sqs_queue.one")',
      },
      { kind: "update", address: "aws_lambda_function.worker" },
    ],
    code: [],
    followers: [],
    rewritten: [],
  });
  expect(JSON.parse(renderJson(diffOf(worker(1), worker(1))))).toMatchObject({ verdict: "none", changes: [] });
});
