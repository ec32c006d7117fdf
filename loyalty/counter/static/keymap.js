// What the function keys do. Two sets to choose from; the browser keeps the choice. Never F5, F11, F12: the browser's own.

const SETS = {
  loyalty: { find: "F2", staff: "F3", sales: "F4", purse: "F6", voucher: "F7", redeem: "F8", switch: "F9", cards: "F10", codes: "Insert", help: "?" },
  pospal: { find: "F9", staff: "F3", sales: "F4", purse: "F6", voucher: "F7", redeem: "F8", switch: "F2", cards: "F10", codes: "Insert", help: "?" },
};

export const names = Object.keys(SETS);

export function chosen() {
  const name = localStorage.getItem("keys");
  return name in SETS ? name : "loyalty";
}

export function choose(name) {
  localStorage.setItem("keys", name);
}

/** The keys by what they do. */
export function keys() {
  return SETS[chosen()];
}

/** What `key` does, or null. */
export function does(key) {
  return Object.entries(keys()).find(([, name]) => name === key)?.[0] ?? null;
}
