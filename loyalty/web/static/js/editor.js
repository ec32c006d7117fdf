// The programme editor's comforts: numbers beside every line while one types, a fault's line found at a click.
// Without this file the field works all the same; the numbers are then those of the last check.
const area = document.querySelector("[data-code]");
const gutter = document.querySelector("[data-gutter]");

function number() {
  const lines = Math.max(area.value.split("\n").length, 12);
  area.rows = lines + 1;
  while (gutter.children.length > lines) gutter.lastElementChild.remove();
  for (let line = gutter.children.length + 1; line <= lines; line += 1) {
    const one = document.createElement("span");
    one.id = `line-${line}`;
    one.textContent = String(line);
    gutter.append(one);
  }
}

function show(field, line) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  const size = field.scrollHeight / field.rows;
  const place = field === area ? gutter.children[Math.min(line, gutter.children.length) - 1] : field;
  if (field !== area) field.scrollTop = Math.max(0, (line - 3) * size);
  place.scrollIntoView({ block: "center" });
}

if (area && gutter) {
  area.addEventListener("input", number);
  number();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    show(link.dataset.of ? document.getElementById(link.dataset.of) : area, Number(link.dataset.line));
  });
}

for (const field of document.querySelectorAll("[data-chooses]")) {
  field.addEventListener("input", () => {
    document.getElementById(field.dataset.chooses).checked = true;
  });
}

document.querySelector("#result [data-focus]")?.focus({ preventScroll: true });
