// The amount as it is typed: digits and one point, nothing else, at most the currency's decimals.

const DECIMALS = new Intl.NumberFormat("en", {
  style: "currency", currency: document.documentElement.dataset.currency || "HKD",
}).resolvedOptions().maximumFractionDigits;
const LONGEST = 9;

/** `text` after `character` was typed; unchanged when it does not fit. */
export function typed(text, character) {
  if (character === "," || character === "。") character = ".";
  const next = text + character;
  if (character === ".") return DECIMALS && !text.includes(".") ? (text === "" ? "0." : next) : text;
  if (!/^[0-9]$/.test(character)) return text;
  const [whole, part = ""] = next.split(".");
  if (whole.length > LONGEST || part.length > DECIMALS) return text;
  return next.replace(/^0+(?=[0-9])/, "");
}

/** As the server wants it, or null when nothing to book is there. */
export function value(text) {
  const plain = text.replace(/\.$/, "");
  return Number(plain) > 0 ? plain : null;
}

/** As it is shown: grouped, as far as it is typed. */
export function shown(text) {
  if (text === "") return "0";
  const [whole, part] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}
