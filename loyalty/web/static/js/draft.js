// The editor of programmes: stops a look at all members, and ticks the choice a field belongs to.
// Without this file everything works by its buttons.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stop]");
  const going = button?.closest(".moves").querySelector("[data-going]");
  if (!going) return;
  const still = going.cloneNode(true); // the copy asks for nothing more, and the answer under way finds no place
  for (const { name } of [...still.attributes]) still.removeAttribute(name);
  const words = still.querySelector(".working");
  words.textContent = going.dataset.stopped;
  words.tabIndex = -1;
  going.dispatchEvent(new Event("htmx:abort"));
  going.replaceWith(still);
  words.focus();
});

for (const field of document.querySelectorAll("[data-chooses]")) {
  field.addEventListener("input", () => {
    document.getElementById(field.dataset.chooses).checked = true;
  });
}

document.querySelector(".entry-form [data-focus], #result [data-focus]")?.focus({ preventScroll: false });
