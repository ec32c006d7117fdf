// Keys anywhere on the cashier's page, whatever has the focus: the amount, a scanner's code, what the function keys do.
import { characterOf } from "./wedge.js";
import { does } from "./keymap.js";
import { typed } from "./amount.js";

/** `commands` by name; `step(by)` another reward; `detach()` nobody is here; `decide(answer)` whose sale it is. */
export function listenToKeys({ state, wedge, sale, commands, scanned, step, detach, decide }) {
  function edit(text) {
    if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();  // Enter means this sale now
    sale.set(text);
  }

  /** One key for a number block: back a step; out of a window, a digit less, nobody at the counter. */
  function clear(dialog) {
    const box = document.activeElement;
    if (dialog && box instanceof HTMLInputElement && box.value) { box.value = ""; box.dispatchEvent(new Event("input")); }
    else if (dialog?.id === "question-dialog") decide("keep");
    else if (dialog) dialog.close();
    else if (sale.text) edit([...sale.text].slice(0, -1).join(""));
    else detach();
  }

  function enter(event) {
    const scan = wedge.enter(event.timeStamp);
    if (scan) {
      event.preventDefault();
      sale.set(scan.before);  // what the scanner typed was never meant for the amount
      scanned(scan.code);
    } else if (!(document.activeElement instanceof HTMLButtonElement)) {
      event.preventDefault();
      sale.book();
    }
  }

  function dialogKey(dialog, event) {
    if (event.key === "Enter" && document.activeElement?.tagName !== "INPUT") {
      const scan = wedge.enter(event.timeStamp);
      if (scan) { event.preventDefault(); if (dialog.id !== "question-dialog") dialog.close(); scanned(scan.code); }
    }
    if (event.key === "Escape" && dialog.id === "question-dialog") { event.preventDefault(); decide("keep"); }
  }

  // A button of the page that was pressed by finger or mouse is done with: Enter means the sale, not that button again.
  document.addEventListener("click", (event) => {
    const pressed = event.detail > 0 && event.target instanceof Element && event.target.closest("button");
    if (pressed && !pressed.closest("dialog")) pressed.blur();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const dialog = document.querySelector("dialog[open]"), what = does(event, Boolean(state.question));
    if (what && (!dialog || what === "switch" || what === "clear")) {
      event.preventDefault();
      return what === "clear" ? clear(dialog) : commands[what]();
    }
    const character = characterOf(event);
    if (character) wedge.key(character, event.timeStamp, sale.text);
    if (dialog) return dialogKey(dialog, event);
    if (character) { event.preventDefault(); edit(typed(sale.text, character)); }
    else if (event.key === "Enter") enter(event);
    else if (event.key === "Backspace") edit([...sale.text].slice(0, -1).join(""));
    else if (event.key === "Delete") edit("");
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); step(event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "Escape") detach();
  }, true);
}
