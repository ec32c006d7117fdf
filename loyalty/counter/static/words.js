// Words, numbers, money and dates in the language of the screen.

const TAGS = { en: "en-HK", "zh-Hant": "zh-Hant-HK", "zh-Hans": "zh-Hans-CN" };
let words = {}, sayings = [];
export let language = "en";
const CURRENCY = document.documentElement.dataset.currency || "HKD";

/** Load the catalogue of `wanted`; the page's language follows. */
export async function speak(wanted) {
  const answer = await fetch(`/words/${wanted}.json`);
  const { said: told = {}, ...catalogue } = await answer.json();
  words = catalogue;
  sayings = Object.entries(told).sort(([one], [other]) => other.length - one.length);
  language = wanted;
  document.documentElement.lang = wanted;
}

export function has(key) {
  return key in words;
}

/** The words for `key`, with {names} filled in. A key with one/other forms takes its form from `n`. */
export function t(key, values = {}) {
  let text = words[key];
  if (text === undefined) return key;
  if (typeof text === "object") text = text[new Intl.PluralRules(TAGS[language]).select(Number(values.count ?? 0))] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What a driver says in English, in the page's language as far as it is known; the longest sentence first. */
export function said(text) {
  return sayings.reduce((told, [english, ours]) => told.replaceAll(english, ours), text ?? "");
}

/** What is the matter with a card or device, and what to do: `detail` and `advice` are a driver's own sentences. */
export function trouble(cause, detail, advice) {
  const what = language !== "en" && has(`cause.${cause}`) ? `${t(`cause.${cause}`)}${advice ? "：" : "。"}` : `${said(detail)} `;
  return `${what}${said(advice)}`.trim();
}

export function money(amount) {
  const value = Number(amount);
  return new Intl.NumberFormat(TAGS[language], { style: "currency", currency: CURRENCY, currencyDisplay: "narrowSymbol" }).format(value);
}

export function number(value, decimals = 0) {
  return new Intl.NumberFormat(TAGS[language], { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(Number(value));
}

/** "1,740 points", "$20.00", "3 stamps": an amount of a wallet with its unit. */
export function amount(value, wallet = {}) {
  if (wallet.kind === "money") return money(value);
  const key = wallet.kind === "count" ? "stamps" : "points";
  return t(key, { count: Number(value), n: number(value, wallet.decimals ?? 0) });
}

/** The same with the wallet's own name for what is counted: "10 visits". */
export function named(value, wallet, name) {
  return wallet?.kind === "count" ? `${number(value)} ${name}` : amount(value, wallet);
}

export function day(text) {
  const date = text.length === 10 ? new Date(`${text}T12:00:00`) : new Date(text);
  const near = Math.abs(date - Date.now()) < 300 * 86400e3;
  return date.toLocaleDateString(TAGS[language], near ? { day: "numeric", month: "short" } : { day: "numeric", month: "short", year: "numeric" });
}

export function time(text) {
  return new Date(text).toLocaleTimeString(TAGS[language], { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** A stretch of time in its largest unit: "3 hours". */
export function span(seconds) {
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= size) ?? ["second", 1];
  return new Intl.NumberFormat(TAGS[language], { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(seconds / size);
}

/** The first language of the browser that we have, script by script; never the other script. */
export function browserLanguage(fallback) {
  for (const tag of navigator.languages ?? []) {
    const locale = new Intl.Locale(tag).maximize();
    if (locale.language === "en") return "en";
    if (locale.language === "zh" || locale.language === "yue") return locale.script === "Hans" ? "zh-Hans" : "zh-Hant";
  }
  return fallback;
}
