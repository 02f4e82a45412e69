import { integer } from "./processing-settings";

/** Settings of the alarms, parsed by the stack and by the local system. Each message states the expectation alone. */
export const alarmSchemas = {
  ALARM_ERRORS_PER_5_MIN: integer(1, 1_000_000),
  ALARM_THROTTLES_PER_5_MIN: integer(1, 1_000_000),
  ALARM_EVENT_AGE_S: integer(60, 1_209_600, "s"),
  ALARM_REJECTED_PERCENT: integer(1, 100),
  ALARM_P95_DURATION_PERCENT: integer(1, 100),
  ALARM_DEAD_LETTERS_COUNT: integer(1, 1_000_000),
  ALARM_DEAD_LETTER_AGE_HOURS: integer(1, 336),
  ALARM_TABLE_THROTTLES_PER_5_MIN: integer(1, 1_000_000),
} as const;

/** What holds where nothing is set. */
export const alarmDefaults = {
  ALARM_ERRORS_PER_5_MIN: "10",
  ALARM_THROTTLES_PER_5_MIN: "100",
  ALARM_EVENT_AGE_S: "1800",
  ALARM_REJECTED_PERCENT: "25",
  ALARM_P95_DURATION_PERCENT: "90",
  ALARM_DEAD_LETTERS_COUNT: "1",
  ALARM_DEAD_LETTER_AGE_HOURS: "72",
  ALARM_TABLE_THROTTLES_PER_5_MIN: "10",
} as const satisfies Readonly<Record<keyof typeof alarmSchemas, string>>;

/** The parsed settings, by the names of their variables. */
export type AlarmSettings = Readonly<Record<keyof typeof alarmSchemas, number>>;
