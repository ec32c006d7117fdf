// The editor of programmes: stops a look at all members, and ticks the choice a field belongs to.
// Without this file everything works by its buttons.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stop]");
  if (!button) return;
  const moves = button.closest(".moves");
  const said = moves.querySelector(".working");
  const still = moves.cloneNode(true); // the copy asks for nothing more, and the answer under way finds no place
  for (const name of ["hx-post", "hx-trigger", "hx-target", "id"]) still.removeAttribute(name);
  still.querySelector("input[name=so_far]")?.remove();
  const words = still.querySelector(".working");
  words.textContent = button.dataset.stop;
  words.tabIndex = -1;
  if (said) moves.replaceWith(still);
  words.focus();
});

for (const field of document.querySelectorAll("[data-chooses]")) {
  field.addEventListener("input", () => {
    document.getElementById(field.dataset.chooses).checked = true;
  });
}

document.querySelector(".entry-form [data-focus], #result [data-focus]")?.focus({ preventScroll: false });
