import { element, setText } from "../shell/element.js";
import { count } from "../shell/format.js";
import { STATES } from "../shell/state.js";

/** @typedef {import("../../../lambda-src/records/image-record").RecordStatus} RecordStatus */

const TYPING_PAUSE_MS = 250;

/**
 * Which images are shown: one state or all, one user or all.
 * @typedef {{state?: RecordStatus, user?: string}} Filter
 * @param {(filter: Filter) => void} onChange
 */
export function createFilters(onChange) {
  /** @type {Filter} */
  const filter = {};

  const numbers = new Map();
  /**
   * @param {RecordStatus | undefined} value
   * @param {string} text
   */
  const choice = (value, text) => {
    const number = element("span", { className: "badge" }, "–");
    numbers.set(value, number);
    const input = element("input", { type: "radio", name: "state", value: value ?? "", checked: value === undefined });
    input.addEventListener("change", () => {
      filter.state = value;
      onChange({ ...filter });
    });
    const mark = element("span", value ? { className: "state", "data-state": value } : { className: "all" }, text);
    return element("label", {}, input, mark, number);
  };
  const user = element("input", { type: "search", autocomplete: "off", spellcheck: false, placeholder: "all users" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  user.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      filter.user = user.value.trim() || undefined;
      onChange({ ...filter });
    }, TYPING_PAUSE_MS);
  });
  const states = element(
    "fieldset",
    { className: "states" },
    element("legend", { className: "unseen" }, "State"),
    choice(undefined, "all"),
    STATES.map((state) => choice(state, state)),
  );
  const node = element(
    "section",
    { className: "card filters", "aria-labelledby": "filters-title" },
    element("h2", { id: "filters-title" }, "Show"),
    states,
    element("label", { className: "field" }, "User", user),
  );
  /** @param {import("../../server/wire").StateCounts} counts */
  const showCounts = (counts) => {
    for (const state of STATES) setText(numbers.get(state), describe(counts[state]));
    const all = STATES.map((state) => counts[state]);
    const total = { images: sum(all), atLeast: all.some(({ atLeast }) => atLeast) };
    setText(numbers.get(undefined), describe(total));
  };
  return { node, showCounts };
}

/** @typedef {import("../../server/wire").StateCount} StateCount */

/** @param {readonly StateCount[]} parts */
const sum = (parts) => parts.reduce((together, { images }) => together + images, 0);
/** @param {StateCount} count */
const describe = ({ images, atLeast }) => `${count(images)}${atLeast ? "+" : ""}`;
