import { functionLogLine } from "../../local/function-log-line";

const line = (text: string) => functionLogLine({ kind: "line", functionName: "probe", requestId: "1234567890", text });

describe("functionLogLine", () => {
  test("shortens a structured line", () => {
    const text = { level: "WARN", message: "retryable", timestamp: "2026", requestId: "r", key: "a b", attempt: 2 };
    expect(line(JSON.stringify(text))).toBe('probe 12345678 WARN retryable key="a b" attempt=2');
  });

  test("passes other lines as they are, and escapes control characters", () => {
    expect(line("plain text")).toBe("probe 12345678 plain text");
    expect(line("{broken")).toBe("probe 12345678 {broken");
    expect(line('{"no":"message"}')).toBe('probe 12345678 {"no":"message"}');
    expect(line("\u001b[31mred")).toBe("probe 12345678 \\u001b[31mred");
  });

  test("escapes what turns the direction of writing or ends a line unseen", () => {
    expect(line("gpj.\u202ephoto")).toBe("probe 12345678 gpj.\\u{202e}photo");
    expect(line("a\u2028b\u200bc\u2066d")).toBe("probe 12345678 a\\u{2028}b\\u{200b}c\\u{2066}d");
  });

  test("hides metrics and reports of success, and shows failures", () => {
    expect(line('{"_aws":{},"ImagesCompleted":1}')).toBeUndefined();
    const invocation = { requestId: "1234567890", durationMs: 12.6, maxMemoryUsedMb: 80 };
    const succeeded = { ...invocation, outcome: { kind: "result", payload: "null" } } as const;
    expect(functionLogLine({ kind: "report", functionName: "probe", invocation: succeeded })).toBeUndefined();
    const error = { errorType: "Runtime.ExitError", errorMessage: "gone" };
    const failed = { ...invocation, outcome: { kind: "error", error } } as const;
    expect(functionLogLine({ kind: "report", functionName: "probe", invocation: failed })).toBe(
      "probe 12345678 ERROR Runtime.ExitError: gone (13 ms, 80 MB)",
    );
  });
});
