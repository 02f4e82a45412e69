import { element, setText } from "./element.js";

/** The links to the views, each with a number where something waits. */
export function createNavigation(nav) {
  const links = new Map();
  return {
    /** `tone`: `alert` or `notice`, of the number. */
    add(name, text, tone) {
      const badge = element("span", { className: "badge", hidden: true, "data-tone": tone });
      const link = element("a", { href: `#/${name}` }, text, badge);
      links.set(name, link);
      nav.append(link);
      /** 0 shows nothing. `meaning`: `messages waiting`. */
      return (number, meaning) => {
        badge.hidden = number === 0;
        setText(badge, String(number));
        badge.setAttribute("aria-label", `${number} ${meaning}`);
        badge.setAttribute("role", "img");
      };
    },
    mark(current) {
      for (const [name, link] of links) {
        if (name === current || (name === "" && current === "image")) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
    },
  };
}
