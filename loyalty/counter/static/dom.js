// Small helpers to build pages without strings of HTML: what members are called can never become markup.

const acting = new WeakSet();  // elements that were given a closure, which may know what has changed meanwhile

/** An element. Attributes: `class`, `text`, `on` ({click: f}), anything else as an attribute; null leaves it out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "on") {
      acting.add(element);
      for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    }
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replace what `place` holds, but only the children that differ: focus and screen readers are left in peace, and a button
 *  stays under the finger that presses it while its neighbours change. A child made with `on` is always renewed with them. */
export function fill(place, ...children) {
  const fresh = document.createElement("div");
  fresh.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  if (place.dataset.shown === fresh.innerHTML) return;
  place.dataset.shown = fresh.innerHTML;
  const before = [...place.childNodes];
  const now = [...fresh.childNodes];
  now.forEach((child, index) => {
    if (index >= before.length) place.append(child);
    else if (acts(child) || !before[index].isEqualNode(child)) before[index].replaceWith(child);
  });
  for (const child of before.slice(now.length)) child.remove();
}

function acts(node) {
  return acting.has(node) || [...node.childNodes].some(acts);
}

/** A small button in a panel's heading for what a key does. */
export function keyButton(what, keys, label) {
  return h("button", { type: "button", class: "quiet key", "data-key": what }, h("kbd", { text: keys[what] }), ` ${label}`);
}

const PATHS = {
  circle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z",
  diamond: "M12 3l8 9-8 9-8-9Z",
  star: "M12 2.8l2.7 5.9 6.4.7-4.8 4.3 1.4 6.3L12 16.8 6.3 20l1.4-6.3L2.9 9.4l6.4-.7Z",
  crown: "M3 18.5V7l5 4 4-6.5L16 11l5-4v11.5Z",
  card: "M4 5h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V7c0-1.1.9-2 2-2Zm-2 4h20v3H2Zm3 6h6v1.6H5Z",
  tap: "M8.2 8.5a6 6 0 0 1 0 7M11.6 6a10 10 0 0 1 0 12M15 3.5a14 14 0 0 1 0 17M4.6 11a2 2 0 0 1 0 2",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3.2 2",
  alert: "M12 4.2 21 19.5H3ZM12 10v4.5M12 16.6v.6",
  back: "M9.5 6 4 11.5 9.5 17M4.5 11.5H15a5 5 0 0 1 0 10h-2",
  print: "M7 8V3.5h10V8M5 8h14a2 2 0 0 1 2 2v6h-4v4.5H7V16H3v-6c0-1.1.9-2 2-2Z",
  find: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20.5 20.5",
  speak: "M4 5h16v11H11l-4.5 4v-4H4Z",
  gift: "M4 11h16v9.5H4ZM3 7.5h18V11H3ZM12 7.5v13M12 7.5C8 7.5 7 3.8 9 3.5s3 2 3 4c0-2 1-4.3 3-4s1 4-3 4Z",
  code: "M4 5v14M7 5v14M9.5 5v14M13 5v14M15.5 5v14M20 5v14",
};
const FILLED = new Set(["circle", "diamond", "star", "crown", "card"]);

/** An icon; decoration only, so it is hidden from screen readers. */
export function icon(name, size = 24) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  const look = FILLED.has(name)
    ? { fill: "currentColor", "fill-rule": "evenodd" }
    : { fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round" };
  for (const [key, value] of Object.entries({ d: PATHS[name], ...look })) path.setAttribute(key, value);
  svg.append(path);
  return svg;
}

/** A level's badge: icon, name, band. Never colour alone. */
export function levelBadge(tier) {
  const rank = Math.min(tier.rank, 3);
  return h("span", { class: `level rank-${rank}` }, icon(["circle", "diamond", "star", "crown"][rank]), h("span", { text: tier.name }));
}

/** A progress bar, 0 to 1. */
export function bar(share, label) {
  const fillOf = h("i");
  fillOf.style.setProperty("width", `${Math.round(Math.max(0, Math.min(1, share)) * 100)}%`);
  return h("div", { class: "bar", role: "img", "aria-label": label }, fillOf);
}
