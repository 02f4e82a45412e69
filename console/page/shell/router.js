/** Views by the part of the address behind `#/`; the rest of it is theirs. One is shown at a time. */
export class Router {
  #views = new Map();
  #main;
  #shown;
  #scroll = new Map();
  #onChange;

  constructor(main, onChange) {
    this.#main = main;
    this.#onChange = onChange;
    history.scrollRestoration = "manual";
  }

  /** `view`: `element`, `title`, and where wanted `show(rest)` and `hide()`. */
  add(name, view) {
    view.element.hidden = true;
    this.#main.append(view.element);
    this.#views.set(name, view);
  }

  start() {
    addEventListener("hashchange", () => this.#go(true));
    this.#go(false);
  }

  #go(moveFocus) {
    const [, name = "", ...rest] = location.hash.split("/");
    // The skip link points at an element, not at a view.
    if (location.hash && !location.hash.startsWith("#/")) return;
    const key = this.#views.has(name) ? name : "";
    const view = this.#views.get(key);
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
