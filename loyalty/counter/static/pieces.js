// A visit on a pass, a stamp by hand: the first pass has the focus, so that key and Enter let the member in.
import { amount, day, number, t } from "./words.js";
import { h } from "./dom.js";
import { call } from "./live.js";

const REASONS = ["missed_sale", "goodwill", "correction"];

/** Whether the member who is here has a pass, or this shop has stamps. */
export function counted(state) {
  return Boolean(state.member && state.topups && (passesOf(state).length || state.topups.stamps?.length));
}

function passesOf({ member, topups }) {
  return (topups?.passes ?? []).filter((name) => Number(member.wallets[name]?.available) > 0);
}

/** `limited(problem, again)` asks a supervisor. Pressing again books nothing twice: the window keeps its id until there is an answer. */
export function piecesDialog(dialog, state, limited) {
  const { member, topups } = state;
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  const rows = h("div", { class: "rows" });
  let id = crypto.randomUUID(), busy = false;
  const go = async (path, what) => {
    if (busy) return;
    busy = true;
    alarm.textContent = t("booking");
    const ask = (supervisor) => call("POST", path, { id, ...what, ...(supervisor ? { supervisor } : {}) });
    try {
      await ask();
      dialog.close();
    } catch (problem) {
      if (problem.code === "over_stamps") { dialog.close(); limited(problem, ask); }
      if (problem.code !== "unreachable") id = crypto.randomUUID();
      alarm.textContent = problem.detail || t("error.unreachable");
    }
    busy = false;
  };
  const until = (wallet) => { const [next] = wallet.expiring ?? []; return next ? t("pass_until", { n: number(next.amount), day: day(next.on) }) : ""; };
  const visit = (name) => h("button", { type: "button", class: "buyable", "data-visit": name, on: { click: () => go("/visits", { wallet: name }) } },
    h("span", { class: "name", text: t("visit_take", { name }) }),
    h("strong", { class: "number", text: t("visits_left", { n: number(member.wallets[name].available) }) }),
    h("span", { class: "soft small", text: until(member.wallets[name]) }));
  const why = (name) => { rows.replaceChildren(...REASONS.map((reason) => h("button", { type: "button", class: "buyable", "data-reason": reason,
    on: { click: () => go("/stamps", { wallet: name, reason }) } }, h("span", { class: "name", text: t(`stamp_why.${reason}`) })))); rows.querySelector("button").focus(); };
  const stamp = (name) => h("button", { type: "button", class: "buyable", "data-stamp": name, on: { click: () => why(name) } },
    h("span", { class: "name", text: t("stamp_give", { name }) }),
    h("strong", { class: "number", text: amount(member.wallets[name]?.available ?? 0, member.wallets[name]) }));
  rows.append(...passesOf(state).map(visit), ...(topups.stamps ?? []).map(stamp));
  dialog.onkeydown = (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [...rows.querySelectorAll("button")], next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[Math.max(0, Math.min(stops.length - 1, next))]?.focus();
    event.preventDefault();
  };
  dialog.replaceChildren(h("h2", { text: t("pieces_of", { name: member.masked_name }) }), rows, alarm,
    h("div", { class: "choices" }, h("button", { type: "button", text: t("back"), on: { click: () => dialog.close() } })));
  if (!dialog.open) dialog.showModal();
  rows.querySelector("button")?.focus();
}
