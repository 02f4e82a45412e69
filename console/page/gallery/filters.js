import { element, setText } from "../shell/element.js";
import { count } from "../shell/format.js";
import { STATES } from "../shell/state.js";

const TYPING_PAUSE_MS = 250;

/** Which images are shown: one state or all, one user or all. `onChange` gets `{state, user}`, both undefined for all. */
export function createFilters(onChange) {
  const filter = { state: undefined, user: undefined };
  const numbers = new Map();
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
  const showCounts = (counts) => {
    for (const state of STATES) setText(numbers.get(state), describe(counts[state]));
    const all = STATES.map((state) => counts[state]);
    const total = { images: sum(all), atLeast: all.some(({ atLeast }) => atLeast) };
    setText(numbers.get(undefined), describe(total));
  };
  return { node, showCounts };
}

const sum = (parts) => parts.reduce((together, { images }) => together + images, 0);
const describe = ({ images, atLeast }) => `${count(images)}${atLeast ? "+" : ""}`;
