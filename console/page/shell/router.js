import { element, setText } from "./element.js";

/**
 * @typedef {{element: HTMLElement, title: string, show?: (rest: string[]) => void, hide?: () => void,
 *   focusTarget?: () => HTMLElement}} View
 */

/** Views by the part of the address behind `#/`; the rest of it is theirs. One is shown at a time. */
export class Router {
  #views = /** @type {Map<string, View>} */ (new Map());
  #main;
  #shown = /** @type {{key: string, view: View} | undefined} */ (undefined);
  #scroll = /** @type {Map<string, number>} */ (new Map());
  #onChange;

  /**
   * @param {HTMLElement} main
   * @param {(name: string) => void} onChange
   */
  constructor(main, onChange) {
    this.#main = main;
    this.#onChange = onChange;
    history.scrollRestoration = "manual";
  }

  /**
   * @param {string} name
   * @param {View} view
   */
  add(name, view) {
    view.element.hidden = true;
    this.#main.append(view.element);
    this.#views.set(name, view);
  }

  start() {
    addEventListener("hashchange", () => this.#go(true));
    this.#go(false);
  }

  /** @param {boolean} moveFocus */
  #go(moveFocus) {
    const [, name = "", ...rest] = location.hash.split("/");
    // The skip link points at an element, not at a view.
    if (location.hash && !location.hash.startsWith("#/")) return;
    const key = this.#views.has(name) ? name : "";
    const view = /** @type {View} */ (this.#views.get(key));
    if (this.#shown) {
      this.#scroll.set(this.#shown.key, scrollY);
      this.#shown.view.hide?.();
      this.#shown.view.element.hidden = true;
    }
    this.#shown = { key, view };
    view.element.hidden = false;
    view.show?.(rest.map(decodeURIComponent));
    document.title = `${view.title} · Image pipeline`;
    scrollTo(0, key === "" ? (this.#scroll.get(key) ?? 0) : 0);
    this.#onChange(key);
    if (moveFocus) (view.focusTarget?.() ?? this.#main).focus({ preventScroll: true });
  }
}

/**
 * The links to the views, each with a number where something waits.
 * @param {HTMLElement} nav
 */
export function createNavigation(nav) {
  const links = new Map();
  return {
    /**
     * @param {string} name
     * @param {string} text
     * @param {"alert" | "notice"} [tone] of the number
     */
    add(name, text, tone) {
      const badge = element("span", { className: "badge", hidden: true, "data-tone": tone });
      const link = element("a", { href: `#/${name}` }, text, badge);
      links.set(name, link);
      nav.append(link);
      /**
       * @param {number} number 0 shows nothing
       * @param {string} meaning `messages waiting`
       */
      return (number, meaning) => {
        badge.hidden = number === 0;
        setText(badge, String(number));
        badge.setAttribute("aria-label", `${number} ${meaning}`);
        badge.setAttribute("role", "img");
      };
    },
    /** @param {string} current */
    mark(current) {
      for (const [name, link] of links) {
        if (name === current || (name === "" && current === "image")) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
    },
  };
}
