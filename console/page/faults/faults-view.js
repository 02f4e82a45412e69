import { announce, element, setText } from "../shell/element.js";
import { count } from "../shell/format.js";
import { ask } from "../shell/server.js";

/**
 * What can go wrong, what that means, and what the system is expected to do about it.
 * @typedef {{fault: string, title: string, text: string, first?: string, every: string}} KnownFault
 * @type {readonly KnownFault[]}
 */
const FAULTS = [
  {
    fault: "s3_unavailable",
    title: "S3 answers 503",
    text: "Every read and write of an attempt is answered with 503 SlowDown.",
    first: "pending, then completed by the second attempt",
    every: "failed with S3_ERROR after three attempts; the event is a dead letter",
  },
  {
    fault: "dynamodb_throttled",
    title: "DynamoDB throttles",
    text: "The claim of an attempt is refused with ProvisionedThroughputExceededException, the SDK's own retries included.",
    first: "no record at first, then completed by the second attempt",
    every: "failed with RETRIES_EXHAUSTED, written by the failure recorder; the event is a dead letter",
  },
  {
    fault: "out_of_memory",
    title: "Out of memory",
    text: "The process is killed once it has claimed the image, as Lambda does above the memory limit.",
    first: "processing, then completed by the second attempt",
    every: "failed with RUNTIME_CRASH, written by the failure recorder; the event is a dead letter",
  },
  {
    fault: "time_limit",
    title: "Time limit",
    text: "The process stands still once it has claimed the image, until Lambda's time limit kills it.",
    first: "processing up to the time limit, then completed by the second attempt",
    every: "failed with TIMEOUT, written by the failure recorder; the event is a dead letter",
  },
  {
    fault: "delivered_twice",
    title: "Delivered twice",
    text: "S3 sends the event of an upload twice, as it may.",
    every: "one record, one result; the log says in_progress or duplicate_skipped",
  },
];

/**
 * Switches that break the next uploads. `onArmed` gets the number of uploads that something waits for.
 * @param {import("../shell/server.js").Context<import("../../server/wire").LocalConsoleInfo>} context
 * @param {(uploads: number) => void} onArmed
 */
export function createFaultsView({ info, live }, onArmed) {
  const cards = FAULTS.map(createFaultCard);
  live.on("faults", (armed) => {
    for (const card of cards) card.show(armed.find(({ fault }) => fault === card.fault));
    onArmed(Math.max(0, ...armed.map(({ uploads }) => uploads)));
  });
  return {
    title: "Faults",
    element: element(
      "section",
      { className: "faults-view", "aria-labelledby": "faults-title" },
      element("h1", { id: "faults-title" }, "Faults"),
      element(
        "p",
        { className: "lead" },
        "Break the next uploads, drop some photos on the page, and watch the system recover. The faults are real: they strike on the wire and on the function's process.",
      ),
      paceHint(info),
      element("ul", { className: "fault-cards", role: "list" }, ...cards.map(({ node }) => node)),
    ),
  };
}

/**
 * How long the recovery takes.
 * @param {import("../../server/wire").LocalConsoleInfo} info
 */
function paceHint({ timeScale, timeoutSeconds }) {
  const [limit, second, third] = [timeoutSeconds, 60, 120].map((seconds) => spoken(seconds * timeScale));
  const pace = `An attempt may take ${limit}; the second one follows after ${second}, the third after ${third} more.`;
  if (timeScale < 1) return element("p", { className: "hint" }, pace);
  return element(
    "p",
    { className: "hint" },
    `${pace} As on AWS, and slow to watch: `,
    element("code", {}, "npm start -- --time-scale 0.1"),
    " makes all of it ten times as fast.",
  );
}

/** @param {number} seconds */
const spoken = (seconds) =>
  seconds < 60 ? `${Number(seconds.toFixed(1))} s` : `${Number((seconds / 60).toFixed(1))} min`;

/** @param {KnownFault} known */
function createFaultCard({ fault, title, text, first, every }) {
  const uploads = element("input", { type: "number", min: 1, max: 1000, value: 1, required: true });
  const attempts = element(
    "select",
    {},
    first && element("option", { value: "first" }, "the first attempt"),
    element("option", { value: "every" }, "all three attempts"),
  );
  const outcome = element("p", { className: "outcome" });
  const state = element("p", { className: "armed", role: "status" });
  const trouble = element("p", { className: "trouble", role: "alert" });
  const on = element("button", { className: "button", type: "submit" }, "Switch on");
  const off = element("button", { className: "button", type: "button", hidden: true }, "Switch off");
  const describe = () => setText(outcome, `Expect: ${attempts.value === "first" ? first : every}.`);
  attempts.addEventListener("change", describe);
  describe();

  /** @param {number} number */
  const arm = async (number) => {
    setText(trouble, "");
    try {
      const body = { uploads: number, attempts: attempts.value };
      await ask(`/api/faults/${fault}`, { method: "PUT", body });
      announce(number ? `${title}: switched on` : `${title}: switched off`);
    } catch (error) {
      setText(trouble, error.message);
    }
  };
  const form = element(
    "form",
    { className: "fault-form" },
    element("label", { className: "field" }, "Next uploads", uploads),
    first ? element("label", { className: "field" }, "Strikes", attempts) : undefined,
    element("div", { className: "actions" }, on, off),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void arm(uploads.valueAsNumber);
  });
  off.addEventListener("click", () => void arm(0));
  const heading = element("h2", { id: `fault-${fault}` }, title);
  const node = element(
    "li",
    { className: "card fault", "aria-labelledby": `fault-${fault}` },
    element("div", { className: "fault-head" }, heading, state),
    element("p", { className: "note" }, text),
    outcome,
    form,
    trouble,
  );
  return {
    fault,
    node,
    /** @param {import("../../server/wire").ArmedFault | undefined} armed */
    show(armed) {
      node.dataset.armed = armed ? "yes" : "no";
      off.hidden = !armed;
      on.hidden = Boolean(armed);
      uploads.disabled = attempts.disabled = Boolean(armed);
      if (armed) uploads.valueAsNumber = armed.uploads;
      if (armed && first) attempts.value = armed.attempts;
      describe();
      setText(state, armed ? `waits for ${armed.uploads === 1 ? "1 upload" : `${count(armed.uploads)} uploads`}` : "");
    },
  };
}
