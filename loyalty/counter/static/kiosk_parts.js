// The three things a member can look at on the kiosk, and the poster that waits for one.
import { amount, day, money, number, t } from "./words.js";
import { h, icon } from "./dom.js";

const BADGES = { award: "star", crown: "crown", diamond: "diamond", gift: "gift", coins: "circle" };

export function poster() {
  const holder = document.createElement("template");
  holder.innerHTML = `<svg class="cards" viewBox="40 40 620 360" aria-hidden="true">
    <g class="drift"><g transform="rotate(-9 300 220)"><rect x="96" y="96" width="400" height="252" rx="26" fill="#fff" opacity=".16"/></g></g>
    <g transform="rotate(-3 300 220)"><rect x="100" y="92" width="400" height="252" rx="26" fill="#fbfaf7"/>
    <rect x="100" y="92" width="400" height="58" rx="26" fill="#f2c14e"/><rect x="100" y="122" width="400" height="28" fill="#f2c14e"/>
    <rect x="132" y="176" width="150" height="20" rx="10" fill="#14202b" opacity=".8"/><rect x="132" y="210" width="96" height="14" rx="7" fill="#14202b" opacity=".35"/>
    <text x="132" y="304" font-size="58" font-weight="600" fill="#14202b">1,740</text>
    <g fill="#14202b">${[0, 12, 30, 38, 56, 62, 80, 92].map((x, n) => `<rect x="${366 + x}" y="262" width="${n % 3 ? 5 : 9}" height="52"/>`).join("")}</g></g>
    <path class="wave" d="M540 150a70 70 0 0 1 0 110"/><path class="wave" d="M566 122a110 110 0 0 1 0 166"/><path class="wave" d="M592 94a150 150 0 0 1 0 222"/></svg>`;
  return holder.content.firstChild;
}

export function rewardsBody(member) {
  const gift = (reward) => h("li", {}, icon("gift", 44), h("span", {}, reward.name, reward.worth && reward.worth !== reward.name && h("small", { text: reward.worth })),
    h("span", { class: "cost number", text: amount(reward.cost, member.wallets[reward.wallet]) }));
  return h("div", { class: "body" }, h("h2", { text: t("kiosk.now_yours") }),
    member.rewards.length ? h("ul", { class: "gifts" }, ...member.rewards.slice(0, 5).map(gift)) : h("p", { text: t("kiosk.no_rewards") }),
    member.rewards.length > 0 && h("p", { class: "hint", text: t("kiosk.ask_counter") }));
}

/** Badges that were won, and how far the next ones are; nothing where there are none. */
export function badges(challenges) {
  if (!challenges?.length) return null;
  const row = (each) => h("li", { class: each.won ? "won" : null }, icon(BADGES[each.badge] ?? "star", 32), h("span", { text: each.name }),
    h("span", { class: "number", text: each.won ? t("kiosk.badge_won") : `${number(each.reached)} / ${number(each.target)}` }));
  return h("ul", { class: "badges", "aria-label": t("kiosk.badges") }, ...challenges.map(row));
}

/** `said`: what became of the wish to have it printed again; `print` is null where no card printer stands. */
export function cardBody(said, print) {
  return h("div", { class: "body card-body" },
    h("figure", { class: "face" }, h("img", { src: `/kiosk/card.png?n=${Date.now()}`, alt: t("kiosk.my_card") })),
    said ? h("p", { class: "said", role: "status", text: said })
      : print && h("button", { type: "button", id: "print", on: { click: print } }, icon("print", 40), h("span", { text: t("kiosk.print") })));
}

export function historyBody(purchases) {
  const row = (sale) => h("li", {}, icon("clock", 40), h("span", {}, day(sale.occurred_at), sale.store && h("small", { text: sale.store })),
    h("span", { class: "cost number" }, money(sale.total), Number(sale.left) < Number(sale.total) && h("small", { text: t("kiosk.returned") })));
  return h("div", { class: "body" }, h("h2", { text: t("kiosk.history") }),
    purchases.length ? h("ul", { class: "gifts", id: "purchases" }, ...purchases.slice(0, 5).map(row)) : h("p", { text: t("kiosk.no_history") }));
}
