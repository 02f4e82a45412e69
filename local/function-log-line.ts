import { visibleText } from "../operations/visible-text";
import type { FunctionLog } from "./aws/lambda/local-function";

/** Fields of a structured line that the terminal shows elsewhere or not at all. */
const HIDDEN_FIELDS = ["level", "message", "timestamp", "requestId", "service", "sampling_rate"];

/**
 * One line of the terminal for what a function logged: a structured line as `LEVEL message name=value ...`, anything else
 * as it is. Nothing for metrics, and for reports only when the invocation failed. What cannot be seen, as in an
 * object's key, is escaped.
 */
export function functionLogLine(log: FunctionLog): string | undefined {
  const requestId = log.kind === "line" ? log.requestId : log.invocation.requestId;
  const text = log.kind === "line" ? describeLine(log.text) : describeReport(log);
  return text && `${log.functionName} ${requestId.slice(0, 8)} ${visibleText(text)}`;
}

function describeLine(text: string): string | undefined {
  const fields = parseObject(text);
  if (!fields) return text;
  if ("_aws" in fields) return undefined;
  if (typeof fields.message !== "string") return text;
  const rest = Object.entries(fields).filter(([name]) => !HIDDEN_FIELDS.includes(name));
  return [fields.level, fields.message, ...rest.map(([name, value]) => `${name}=${describeValue(value)}`)].join(" ");
}

function describeReport({ invocation }: Extract<FunctionLog, { kind: "report" }>): string | undefined {
  const { outcome, durationMs, maxMemoryUsedMb } = invocation;
  if (outcome.kind === "result") return undefined;
  const { errorType, errorMessage } = outcome.error;
  return `ERROR ${errorType}: ${errorMessage} (${Math.round(durationMs)} ms, ${maxMemoryUsedMb} MB)`;
}

const describeValue = (value: unknown) =>
  typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
