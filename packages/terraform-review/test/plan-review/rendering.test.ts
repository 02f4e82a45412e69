import fc from "fast-check";
import { line } from "../../src/model/line";
import { MIN_BYTES } from "../../src/plan/command-line";
import { renderJson } from "../../src/plan/render/json";
import { renderMarkdown } from "../../src/plan/render/markdown";
import { renderText } from "../../src/plan/render/text";
import { codeSpan, visibleText } from "../../src/render/text";
import { hostilePlan, hostileText, MARK } from "../support/hostile-plans";
import { reviewOf } from "../support/plan-with";
import { planFixture } from "../support/read-plan-fixture";
import { runsOf } from "../support/thorough";

const NO_LIMIT = 10_000_000;
const UNSEEN = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;

/** What CommonMark sees outside code spans: a run of backticks lasts to the next run of the same length on its line. */
function outsideCode(text: string): string {
  let outside = "";
  let at = 0;
  while (at < text.length) {
    const run = /^`+/.exec(text.slice(at))?.[0];
    if (!run) {
      outside += text[at];
      at += 1;
      continue;
    }
    const rest = text.slice(at + run.length);
    const close = [...rest.matchAll(/`+/g)].find(([found]) => found.length === run.length);
    if (!close || rest.slice(0, close.index).includes("\n"))
      throw new Error(`unclosed code span: ${text.slice(at, at + 80)}`);
    outside += "·";
    at += run.length + close.index + run.length;
  }
  return outside;
}

/** Our own words, and nothing else. */
function expectWellFormed(markdown: string): void {
  const outside = outsideCode(markdown);
  expect(outside).not.toContain(MARK);
  expect(outside).not.toMatch(UNSEEN);
  expect(outside.replaceAll(/<\/?(?:details|summary)>/g, "")).not.toMatch(/[<>](?!\s)|@|\]\(/);
  const ours = /^(?:#{2,3} .*| *- .*|> .*|\*[^*]*\*|<details><summary>.*<\/summary>|<\/details>|\w.*\.|)$/u;
  expect(outside.split("\n").filter((text) => !ours.test(text))).toEqual([]);
  const marks = [...outside.matchAll(/<(\/?)details>/g)].map(([, slash]) => slash);
  expect(marks).toEqual(marks.map((_, index) => (index % 2 === 0 ? "" : "/")));
  expect(marks.length % 2).toBe(0);
}

describe("text from a plan", () => {
  test("stays in its place in the comment", () => {
    fc.assert(
      fc.property(hostilePlan, hostileText, (plan, address) => {
        expectWellFormed(renderMarkdown([reviewOf(plan)], [line`--allow ${address}: no plan destroys it`], NO_LIMIT));
      }),
      runsOf(80),
    );
  });

  test("commands no terminal", () => {
    fc.assert(
      fc.property(hostilePlan, (plan) => {
        expect(renderText([reviewOf(plan)], [], NO_LIMIT)).not.toMatch(UNSEEN);
      }),
      runsOf(50),
    );
  });

  test("is never lost in a code span", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const span = codeSpan(text);
        expect(outsideCode(span)).toBe("·");
        const content = span.replace(/^`+ ?/, "").replace(/ ?`+$/, "");
        if (text.length < 400)
          expect(visibleText(text).replaceAll(/^[ `]+|[ `]+$/g, "")).toBe(content.replaceAll(/^[ `]+|[ `]+$/g, ""));
      }),
    );
  });

  test.each([
    ["\u001b[31m", "\\u{1b}[31m"],
    ["a\u202eb", "a\\u{202e}b"],
    ["a\nb", "a\\u{a}b"],
    ["\ud800", "\\u{d800}"],
    ["é日本😀", "é日本😀"],
    ["e\u0301\u0301\u0301", "e\u0301\u0301\\u{301}"],
  ])("%j is written as %s", (text, visible) => {
    expect(visibleText(text)).toBe(visible);
  });
});

describe("size of the output", () => {
  const budgets = fc.integer({ min: MIN_BYTES, max: 20_000 });
  const plans = fc.array(hostilePlan, { minLength: 1, maxLength: 8 });

  test.each([
    ["markdown", renderMarkdown],
    ["text", renderText],
    ["json", renderJson],
  ])("%s never exceeds its bytes, and always has the verdict", (format, render) => {
    fc.assert(
      fc.property(plans, budgets, fc.array(hostileText, { maxLength: 5 }), (contents, maxBytes, addresses) => {
        const notes = addresses.map((address) => line`--allow ${address}: no plan destroys it`);
        const output = render(
          contents.map((content) => reviewOf(content)),
          notes,
          maxBytes,
        );
        expect(Buffer.byteLength(output)).toBeLessThanOrEqual(maxBytes);
        expect(output).toMatch(
          format === "json" ? /^\{"verdict":"(?:SAFE|REVIEW|BLOCK)"/ : /^(?:## \S+ )?(?:SAFE|REVIEW|BLOCK): /u,
        );
        if (format === "markdown") expectWellFormed(output);
        if (format === "json") expect(() => JSON.parse(output)).not.toThrow();
      }),
      runsOf(40),
    );
  });

  test("what blocks is named before anything else, and what is left out is counted", () => {
    const review = reviewOf(planFixture("suffix-changed"));
    const output = renderMarkdown([review], [], 4000);
    expect(output).toMatch(/- \*and \d+ more\*/);
    const blocking = review.findings.filter(({ severity }) => severity === "block");
    expect(blocking).toHaveLength(7);
    for (const { address } of blocking) expect(output).toContain(`🛑 \`${address}\``);
  });

  test("several plans are told apart, and the worst of them gives the verdict", () => {
    const reviews = [reviewOf(planFixture("memory")), reviewOf(planFixture("recovery-off"))];
    const output = renderMarkdown(reviews, [], NO_LIMIT);
    expect(output).toMatch(/^## 🛑 BLOCK: 3 to update\n/u);
    expect(output).toContain("## ✅ `plan.json`: SAFE, 2 to update");
    expect(JSON.parse(renderJson(reviews, [], NO_LIMIT)).plans).toMatchObject([
      { verdict: "SAFE" },
      { verdict: "BLOCK" },
    ]);
  });
});
