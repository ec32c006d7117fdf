// What the keys do: sets to choose from. The counter's settings name one, a browser may choose another and keeps it.
// Never F5, F11, F12: the browser's own. Numpad… are places on the number block, so a scanner that types signs is not heard.

const STANDARD = { find: "F2", staff: "F3", sales: "F4", purse: "F6", voucher: "F7", redeem: "F8", switch: "F9", cards: "F10", codes: "Insert", topup: "Home", visit: "End", gift: "PageDown", help: "?" };
const SETS = {
  standard: STANDARD,
  numpad: { ...STANDARD, find: "NumpadDivide", redeem: "NumpadMultiply", voucher: "NumpadAdd", switch: "NumpadAdd", clear: "NumpadSubtract" },
  functions: { ...STANDARD, help: "F1", codes: "F6", purse: "F9" },
  pospal: { ...STANDARD, find: "F9", switch: "F2" },
};
const LABELS = { Insert: "Ins", PageDown: "PgDn", NumpadDivide: "Num /", NumpadMultiply: "Num *", NumpadAdd: "Num +", NumpadSubtract: "Num −" };

export const names = Object.keys(SETS);

export function chosen() {
  const kept = localStorage.getItem("keys"), set = document.documentElement.dataset.keys;
  return [kept, set].find((name) => name in SETS) ?? "standard";
}

export function choose(name) {
  localStorage.setItem("keys", name);
}

/** What the keys are called, by what they do. */
export function keys() {
  return Object.fromEntries(Object.entries(SETS[chosen()]).map(([what, key]) => [what, LABELS[key] ?? key]));
}

/** What the key of `event` does, or null. `asking`: a question is open, to which some keys are the answer. */
export function does(event, asking) {
  const found = Object.entries(SETS[chosen()]).filter(([, key]) => key === event.key || key === event.code).map(([what]) => what);
  const answers = (what) => what === "switch" || what === "clear";
  return found.find(asking ? answers : (what) => what !== "switch") ?? null;
}
