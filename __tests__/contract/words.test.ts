import { countInWords, durationInWords } from "../../contract/words";

test.each([
  [3600, "an hour"],
  [7200, "2 hours"],
  [5400, "90 minutes"],
  [86_400, "a day"],
  [1_209_600, "14 days"],
  [60, "a minute"],
  [61, "61 seconds"],
])("%i seconds are told as %s", (seconds, words) => {
  expect(durationInWords(seconds)).toBe(words);
});

test("counts up to ten are words", () => {
  expect([1, 3, 10, 11].map(countInWords)).toEqual(["one", "three", "ten", "11"]);
});
