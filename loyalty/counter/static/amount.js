// The amount as it is typed. What was typed stays in sight; what it means is read from it, never guessed.

const CURRENCY_DECIMALS = new Intl.NumberFormat("en", {
  style: "currency", currency: document.documentElement.dataset.currency || "HKD",
}).resolvedOptions().maximumFractionDigits;
const LONGEST_WHOLE = 9, LONGEST_TEXT = 40;
const PLAIN = /^\d+(\.\d*)?$/, GROUPED = /^\d{1,3}(,\d{3})+(\.\d*)?$/, ON_THE_WAY = /^\d{1,3}(,\d{3})*,\d{0,2}$/;

/** Signs of other keyboards as the plain ones: full-width digits, point and comma. */
export function plain(text) {
  return [...text].map((sign) => {
    const same = sign.normalize("NFKC");
    return same === "。" ? "." : [...same].length === 1 ? same : sign;
  }).join("");
}

/** `text` after `character` was typed. */
export function typed(text, character) {
  const next = text === "" && plain(character) === "." ? "0." : (text + plain(character)).slice(0, LONGEST_TEXT);
  return next.replace(/^0+(?=\d)/, "");
}

/**
 * What `text` means: `{value}` as the server wants it, `{}` while there is nothing to book, or why it is no amount:
 * `{trouble}` with what its sentence needs; `growing` where more digits may still make it right.
 */
export function read(text, decimals = CURRENCY_DECIMALS) {
  const given = plain(text).trim();
  if (given === "") return {};
  const strange = /[^\d.,]/u.exec(given);
  if (strange) return { trouble: "sign", sign: strange[0] };
  if (given.includes(",") && !GROUPED.test(given)) return { ...wrongComma(given, decimals), growing: ON_THE_WAY.test(given) };
  const digits = given.replaceAll(",", "");
  if (!PLAIN.test(digits)) return { trouble: "points" };
  const [whole, part = ""] = digits.split(".");
  if (digits.includes(".") && !decimals) return { trouble: "whole" };
  if (part.length > decimals) return { trouble: "decimals", n: decimals };
  if (whole.length > LONGEST_WHOLE) return { trouble: "large" };
  return Number(digits) > 0 ? { value: digits.replace(/\.$/, "") } : {};
}

/** "12,5" was meant as 12.5, most likely; it is said, not booked. */
function wrongComma(given, decimals) {
  const [whole, part, more] = given.split(",");
  const meant = more === undefined && /^\d{1,9}$/.test(whole) && /^\d+$/.test(part) && part.length <= decimals;
  return meant ? { trouble: "comma", meant: `${whole}.${part}` } : { trouble: "commas" };
}

/** As it is shown: grouped as far as it is typed; what is no amount stays as it is. */
export function shown(text) {
  if (text === "") return "0";
  if (!PLAIN.test(text)) return text;
  const [whole, part] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}
