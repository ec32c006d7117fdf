// Stored value is bought: what the shop sells as one touch each, or any amount. The money is in the cashier's hand already.
import { money, named, t } from "./words.js";
import { h } from "./dom.js";
import { call } from "./live.js";
import * as typing from "./amount.js";
import { whyNot } from "./outcome.js";

/** Whether this shop sells any. */
export function sold(state) {
  return Boolean(state.topups && (state.topups.topups.length || state.topups.wallets.length));
}

/** For the member who is here. Pressing again books nothing twice: the window keeps its id until there is an answer. */
export function topupDialog(dialog, state) {
  const { member, topups: { topups, wallets } } = state;
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  const back = h("button", { type: "button", text: t("back"), on: { click: () => dialog.close() } });
  const box = h("input", { class: "search number", inputmode: "decimal", autocomplete: "off", "aria-label": t("topup_other"), placeholder: t("topup_other") });
  const ok = h("button", { type: "button", class: "primary", text: t("topup_pay") });
  let into = wallets[0], id = crypto.randomUUID(), busy = false;
  const go = async (what) => {
    if (busy) return;
    busy = true;
    alarm.textContent = t("booking");
    try {
      await call("POST", "/topups", { id, ...what });
      dialog.close();
    } catch (problem) {
      if (problem.code !== "unreachable") id = crypto.randomUUID();
      alarm.textContent = problem.detail || t("error.unreachable");
    }
    busy = false;
  };
  const free = () => {
    const { value, trouble } = typing.read(box.value);
    if (trouble) alarm.textContent = `${t("amount_wrong", { text: box.value.trim() })} ${whyNot(box.value)}`;
    else if (value) go({ amount: value, wallet: into });
  };
  const label = () => {
    const { value } = typing.read(box.value);
    ok.disabled = !value;
    ok.textContent = value ? t("topup_pay_amount", { amount: money(value) }) : t("topup_pay");
  };
  const offer = (each) => h("button", { type: "button", class: "buyable", on: { click: () => go({ topup: each.name }) } },
    h("span", { class: "name", text: t("topup_pay_amount", { amount: money(each.pay) }) }),
    h("strong", { class: "number", text: `+${named(each.gives, member.wallets[each.wallet], each.wallet)}` }),
    h("span", { class: "soft small", text: [each.name, ...Object.entries(each.gifts).map(([name, gift]) => `+${named(gift, member.wallets[name], name)}`)].join(" · ") }));
  const purse = (name) => h("button", { type: "button", "aria-pressed": String(name === into), text: name, on: { click: () => { into = name; drawPurses(); } } });
  const purses = h("div", { class: "choices small-choices", role: "group", "aria-label": t("topup_into") });
  const drawPurses = () => purses.replaceChildren(...(wallets.length > 1 ? wallets.map(purse) : []));
  const rows = h("div", { class: "rows" }, ...topups.map(offer));
  box.oninput = () => { alarm.textContent = ""; label(); };
  ok.onclick = free;
  dialog.onkeydown = (event) => {
    if (event.key === "Enter" && document.activeElement === box) { event.preventDefault(); return free(); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [...rows.querySelectorAll("button"), ...(wallets.length ? [box] : [])];
    const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[Math.max(0, Math.min(stops.length - 1, next))]?.focus();
    event.preventDefault();
  };
  drawPurses();
  label();
  dialog.replaceChildren(h("h2", { text: t("topup_of", { name: member.masked_name }) }), h("p", { class: "soft", text: t("topup_why") }), rows,
    ...(wallets.length ? [h("div", { class: "fields" }, box, purses)] : []), alarm, h("div", { class: "choices" }, back, ...(wallets.length ? [ok] : [])));
  if (!dialog.open) dialog.showModal();
  (rows.querySelector("button") ?? box).focus();
}
