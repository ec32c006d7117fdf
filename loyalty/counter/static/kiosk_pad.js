// A pad for a PIN on the kiosk: large keys to touch, the same keys on a keyboard, dots instead of digits.
import { h, icon } from "./dom.js";
import { t } from "./words.js";

const LONGEST = 8, LEAST = 4;

/** Opens `dialog`; `send(pin)` gives a sentence to be shown, or nothing when all is well: then the pad is gone. */
export function askPin(dialog, { title, more = "", send }) {
  let pin = "", waiting = false;
  const dots = h("p", { class: "dots", role: "status", "aria-label": t("pin") });
  const alarm = h("p", { class: "alarm", role: "alert" });
  const ok = h("button", { type: "button", class: "primary", "data-pin": "ok", text: t("kiosk.ok"), on: { click: go } });
  function show() {
    dots.textContent = "●".repeat(pin.length) + "○".repeat(Math.max(0, LEAST - pin.length));
    ok.disabled = pin.length < LEAST || waiting;
  }
  function type(key) {
    if (waiting) return;
    alarm.textContent = "";
    pin = key === "erase" ? pin.slice(0, -1) : (pin + key).slice(0, LONGEST);
    show();
  }
  async function go() {
    if (pin.length < LEAST || waiting) return;
    const tried = pin;
    [pin, waiting] = ["", true];
    show();
    dialog.focus();  // the key that had it cannot be pressed now
    const trouble = await send(tried);
    waiting = false;
    show();
    if (trouble) alarm.textContent = trouble;
    else if (dialog.open) dialog.close();
  }
  const digit = (key) => h("button", { type: "button", "data-pin": key, text: key, on: { click: () => type(key) } });
  dialog.onkeydown = (event) => {
    if (/^[0-9]$/.test(event.key)) type(event.key);
    else if (event.key === "Backspace") type("erase");
    else if (event.key === "Enter" && !(document.activeElement instanceof HTMLButtonElement)) go();
  };
  const erase = h("button", { type: "button", "data-pin": "erase", "aria-label": t("kiosk.erase"), on: { click: () => type("erase") } }, icon("back", 36));
  dialog.replaceChildren(h("h2", { text: title }), more && h("p", { class: "more", text: more }), dots, alarm,
    h("div", { class: "pad" }, ...[..."123456789"].map(digit), erase, digit("0"), ok),
    h("button", { type: "button", class: "away", text: t("kiosk.back"), on: { click: () => dialog.close() } }));
  dialog.onclose = () => { pin = ""; dialog.replaceChildren(); };
  show();
  dialog.tabIndex = -1;
  dialog.showModal();
  dialog.focus();
}
