import { LONGEST_PROCESSING_SECONDS, visibilityTimeoutSeconds } from "../../contract/deployment";
import { MIN_AGE_SECONDS } from "../../operations/backfill-age";

test("an object is backfilled only when its event and all its retries are over", () => {
  expect(MIN_AGE_SECONDS).toBeGreaterThan(LONGEST_PROCESSING_SECONDS.lambda);
});

test("a received message stays hidden for six time limits, as Lambda asks for", () => {
  expect(visibilityTimeoutSeconds(30)).toBe(180);
});
