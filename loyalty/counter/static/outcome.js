// What happened and why, in one line and a half.
import { amount, has, money, named, number, t } from "./words.js";
import { h, icon, levelBadge } from "./dom.js";
import { read } from "./amount.js";

/** The result panel's content: {kind, element}. kind: ok, pending, warn or error. */
export function resultOf(outcome) {
  if (outcome.status === "pending" && ["use_pass", "give_pieces", "undo_pieces"].includes(outcome.command)) return said("pending", "clock", t("pieces_stored"), t("will_be_credited"));
  if ("gift" in outcome) return giftMoved(outcome);
  if (outcome.status === "pending") return said("pending", "clock", t("stored", { total: money(outcome.total) }), t("will_be_credited"));
  if (outcome.status === "refused") return problemOf(outcome);
  if (outcome.command === "capture_hold") return captured(outcome);
  if (outcome.command === "top_up" || outcome.command === "undo_top_up") return toppedUp(outcome);
  if (["use_pass", "give_pieces", "undo_pieces"].includes(outcome.command)) return pieces(outcome);
  if (outcome.command === "return_purchase") return said("ok", "back", t("returned", { refund: money(outcome.refund) }), undoneWhy(outcome));
  if (outcome.command === "cancel_purchase") return said("ok", "back", t("undone"), undoneWhy(outcome));
  if (outcome.status === "claimable") return said("ok", "check", t("booked", { total: money(outcome.total) }), t("claimable"));
  if (outcome.status === "unmatched") return said("warn", "alert", t("stored", { total: money(outcome.total) }), t("unmatched"));
  const [wallet, earned] = mostEarned(outcome);
  const head = earned > 0
    ? t("earned_on", { points: amount(earned, wallet), total: money(outcome.total) })
    : t("booked", { total: money(outcome.total) });
  const moved = outcome.command === "move_purchase" ? t("moved_to", { name: outcome.member?.masked_name ?? "" }) : "";
  return said("ok", "check", head, [moved, giftsOf(outcome), why(outcome)].filter(Boolean).join(" · "), risen(outcome));
}

/** Stored value was bought, or the money for it went back. */
function toppedUp(outcome) {
  const wallets = outcome.member?.wallets ?? {}, purse = wallets[outcome.wallet] ?? {};
  const gained = Object.entries(outcome.credited ?? {}).filter(([name]) => name !== outcome.wallet).map(([name, value]) => `${Number(value) < 0 ? "−" : "+"}${named(Math.abs(value), wallets[name], name)}`);
  const left = outcome.member ? `${outcome.wallet}: ${purse.kind === "count" ? t("visits_left", { n: number(purse.available) }) : t("now_balance", { balance: amount(purse.available ?? 0, purse) })}` : "";
  const head = outcome.status === "undone" ? t("topup_undone", { amount: money(outcome.paid) })
    : t("topped_up", { amount: named(outcome.credited?.[outcome.wallet] ?? 0, purse, outcome.wallet), paid: money(outcome.paid) });
  return said("ok", outcome.status === "undone" ? "back" : "check", head, [left, ...gained].filter(Boolean).join(" · "));
}

/** A gift card was sold, paid, or came in the place of a lost one. */
function giftMoved(outcome) {
  const words = { sold: "gift_sold", added: "gift_added", paid: "gift_paid", undone: "gift_undone", replaced: "gift_replaced" };
  return said("ok", outcome.status === "undone" ? "back" : "check", t(words[outcome.status] ?? "gift_card", { amount: money(outcome.amount), gift: outcome.gift }), `${outcome.gift}: ${t("gift_left", { amount: money(outcome.balance) })}`);
}

/** What a gift card paid of a sale, and what is still to be paid. */
function giftsOf(outcome) {
  const paid = Object.entries(outcome.gifts ?? {});
  if (!paid.length) return "";
  const rest = Number(outcome.due ?? 0) - paid.reduce((sum, [, value]) => sum + Number(value), 0);
  return [...paid.map(([name, value]) => t("gift_paid", { amount: money(value), gift: name })), outcome.due !== undefined && `${t("to_pay")}: ${money(rest)}`].filter(Boolean).join(" · ");
}

/** A visit on a pass, a stamp by hand, or one of them undone. */
function pieces(outcome) {
  const name = outcome.wallet, moved = Number(outcome.credited?.[name] ?? 0), left = Number(outcome.member?.wallets?.[name]?.available ?? 0);
  const head = t(outcome.status === "undone" ? "pieces_undone" : moved < 0 ? "visit_taken" : "stamp_given", { name, n: number(Math.abs(moved)) });
  return said("ok", outcome.status === "undone" ? "back" : "check", head, `${name}: ${t("visits_left", { n: number(left) })}`);
}

/** A reward is in the customer's hands, or was and the points for it were gone. */
function captured(outcome) {
  const wallet = outcome.member?.wallets?.[outcome.wallet] ?? {};
  const left = outcome.member ? t("now_balance", { balance: amount(wallet.available ?? 0, wallet) }) : "";
  if (outcome.status === "owed") return said("warn", "alert", t("owed", { reward: outcome.reward }), t("owed_why"));
  return said("ok", "gift", t("redeemed", { reward: outcome.reward, points: amount(outcome.points, wallet) }), left);
}

const WARNINGS = new Set(["card_worn"]);

/** The same for a refusal or a request that was wrong. */
export function problemOf(problem) {
  const known = `error.${problem.code}`;
  return said(WARNINGS.has(problem.code) ? "warn" : "error", "alert", has(known) ? t(known) : problem.detail || problem.sentence || t("error.device"),
    has(known) && problem.code !== "unreachable" ? problem.detail || problem.sentence || "" : t("nothing_booked"));
}

/** What was typed is no amount: nothing is booked, it stays to be corrected. */
export function notAnAmount(text) {
  return said("error", "alert", t("amount_wrong", { text }), whyNot(text));
}

/** Why, and how to mend it; empty for an amount. `decimals` where they are not the currency's. */
export function whyNot(text, decimals) {
  const { trouble, ...values } = read(text, decimals);
  return trouble ? t(`amount.${trouble}`, { ...values, count: values.n }) : "";
}

function said(kind, sign, head, more, below = null) {
  return { kind, parts: [icon(sign, 48), h("div", {}, h("strong", { text: head }), more && h("p", { class: "why", text: more }), below)] };
}

function mostEarned(outcome) {
  const wallets = outcome.member?.wallets ?? {};
  const [name, earned] = Object.entries(outcome.earned ?? {})[0] ?? [Object.keys(wallets)[0], 0];
  return [wallets[name] ?? {}, Number(earned)];
}

function why(outcome) {
  const member = outcome.member;
  const left = member ? Object.values(member.wallets)[0] : null;
  const reasons = (outcome.explanation ?? []).map((row) => `${row.rule} ${Number(row.points) < 0 ? "−" : "+"}${number(Math.abs(row.points), member?.wallets?.[row.wallet]?.decimals)}`);
  const spent = Number(outcome.redeemed) > 0 && left ? t("points_redeemed", { points: amount(outcome.redeemed, left) }) : "";
  return [spent, left && t("now_balance", { balance: amount(left.available, left) }), ...reasons].filter(Boolean).join(" · ");
}

function risen(outcome) {
  const tier = outcome.member?.tier;
  if (!tier || !outcome.tier_after || outcome.tier_before === outcome.tier_after || !outcome.tier_before) return null;
  return h("p", { class: "risen" }, levelBadge(tier), h("span", { text: t("new_level") }));
}

function undoneWhy(outcome) {
  const [name, points] = Object.entries(outcome.reversed ?? {})[0] ?? [];
  const wallet = outcome.member?.wallets?.[name] ?? {};
  const [spentOf, given] = Object.entries(outcome.given_back ?? {})[0] ?? [];
  const onto = Object.entries(outcome.gifts ?? {}).map(([gift, value]) => t("gift_back", { amount: money(value), gift }));
  const parts = [...onto, Number(points) > 0 && t("taken_back", { points: amount(points, wallet) }),
    Number(given) > 0 && t("given_back", { points: amount(given, outcome.member?.wallets?.[spentOf] ?? {}) })];
  if (outcome.member) {
    const left = Object.values(outcome.member.wallets)[0];
    parts.push(left && t("now_balance", { balance: amount(left.available, left) }));
  }
  return parts.filter(Boolean).join(" · ") || outcome.sentence;
}
