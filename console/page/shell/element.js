// Names, keys and messages come from uploads: everything reaches the page as text, nothing as markup.

/** An element with properties (or attributes, where there is no property of that name) and children; empty ones are left out. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/** Text that changes, without touching the page when it does not. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
