// The card designer's hands: every element can be dragged on the picture or moved with the arrow keys. The numbers in the
// form are the truth; without this file they are typed, and the picture is drawn when asked for.
const form = document.querySelector("[data-designer]");
const layer = form?.querySelector("[data-grips]");
const WIDTH = Number(form?.dataset.width), HEIGHT = Number(form?.dataset.height);

function field(element, name) {
  return element.querySelector(`[data-of="${name}"]`);
}

function read(element) {
  const [x, y, w, h] = ["x", "y", "w", "h"].map((name) => Number(field(element, name).value) || 0);
  return { x, y, w, h };
}

function place(grip, element) {
  const { x, y, w, h } = read(element);
  grip.style.left = `${(x / WIDTH) * 100}%`;
  grip.style.top = `${(y / HEIGHT) * 100}%`;
  grip.style.width = `${(w / WIDTH) * 100}%`;
  grip.style.height = `${(Math.max(h, 1) / HEIGHT) * 100}%`;
}

function move(element, x, y) {
  const { w, h } = read(element);
  const within = (value, most) => String(Math.round(Math.min(Math.max(value, 0), Math.max(most, 0)) * 4) / 4);
  field(element, "x").value = within(x, WIDTH - w);
  field(element, "y").value = within(y, HEIGHT - h);
  field(element, "x").dispatchEvent(new Event("input", { bubbles: true }));
}

function drag(grip, element, down) {
  const start = read(element), box = layer.getBoundingClientRect();
  const follow = (event) => {
    move(element, start.x + ((event.clientX - down.clientX) / box.width) * WIDTH,
      start.y + ((event.clientY - down.clientY) / box.height) * HEIGHT);
  };
  grip.setPointerCapture(down.pointerId);
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("pointerup", () => grip.removeEventListener("pointermove", follow), { once: true });
  grip.addEventListener("pointercancel", () => grip.removeEventListener("pointermove", follow), { once: true });
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The area on the picture is for the mouse; the button in the form, large enough for a finger, is for the keys.
function grip(element) {
  const area = document.createElement("span"), button = element.querySelector("[data-move]");
  area.className = "face-grip";
  area.setAttribute("aria-hidden", "true");
  area.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    button.focus({ preventScroll: true });
    drag(area, element, event);
  });
  button.hidden = false;
  button.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const by = event.shiftKey ? 5 : 0.5, { x, y } = read(element);
    move(element, x + step[0] * by, y + step[1] * by);
  });
  const mark = (chosen) => [area, element].forEach((one) => one.classList.toggle("chosen", chosen));
  element.addEventListener("focusin", () => mark(true));
  element.addEventListener("focusout", () => mark(false));
  form.addEventListener("input", () => place(area, element));
  place(area, element);
  layer.append(area);
}

// A face that is wider or higher than 60 x 40 shows the design in its upper left part.
function fit() {
  const picture = form.querySelector("[data-face] img");
  if (!picture) return;
  const share = (picture.getAttribute("height") / HEIGHT) / (picture.getAttribute("width") / WIDTH);
  layer.style.width = `${Math.min(1, share) * 100}%`;
}

if (layer) {
  form.querySelectorAll("[data-element]").forEach(grip);
  form.addEventListener("htmx:afterSwap", fit);
  fit();
}
