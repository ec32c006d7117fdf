// Keys and small comforts. Every page works without this file; nothing here talks to the server by itself.
const root = document.documentElement;
const search = document.getElementById("search");
const found = document.getElementById("found");
const live = document.getElementById("live");

const typing = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && search && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "?" && !typing(event.target)) document.getElementById("keys-sheet")?.showModal();
  if (event.key === "Escape") closeMenus(event.target);
});

function closeMenus(from) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    if (menu.contains(from)) menu.querySelector("summary").focus();
  }
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Search: arrows walk through what was found, Escape leaves.
function walk(step) {
  const links = [...found.querySelectorAll("a")];
  if (links.length === 0) return;
  const next = links.indexOf(document.activeElement) + step;
  if (next < 0) search.focus();
  else links[Math.min(next, links.length - 1)].focus();
}

if (search && found) {
  search.closest(".search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      found.replaceChildren();
      search.value = "";
      search.focus();
    }
  });
}

// Dark and light.
const dark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

for (const button of document.querySelectorAll("[data-switch-theme]")) {
  button.setAttribute("aria-pressed", String(dark()));
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    button.setAttribute("aria-pressed", String(dark()));
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // storage switched off: the choice holds for this page
    }
  });
}

// Paper shows what the screen keeps folded.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details[data-print-open]:not([open])")];
  for (const part of unfolded) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of unfolded) part.open = false;
});

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

// Where tabs and chips stand in a row wider than the screen, the one shown is in sight.
for (const row of document.querySelectorAll("nav.tabs, nav.tabs > ul, nav.chips")) {
  const shown = row.querySelector("[aria-current]");
  if (shown && row.scrollWidth > row.clientWidth) {
    row.scrollLeft += shown.getBoundingClientRect().left - row.getBoundingClientRect().left - row.clientWidth / 3;
  }
}

// What was swapped in is said aloud: the part names its sentence in data-say.
document.addEventListener("htmx:after:swap", () => {
  const spoken = document.querySelector("[data-say]:not([data-said])");
  if (!spoken || !live) return;
  spoken.dataset.said = "";
  live.textContent = spoken.dataset.say;
});

// A request that fails leaves a sentence, not silence.
function tellFailure() {
  if (live) live.textContent = live.dataset.failed;
  document.getElementById("failed")?.removeAttribute("hidden");
}

document.addEventListener("htmx:error", tellFailure);

// Explain: one button opens and closes its arithmetic.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-explain]");
  if (!button) return;
  const place = document.getElementById(button.getAttribute("aria-controls"));
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  place.hidden = !open;
});
