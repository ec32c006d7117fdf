// Gift cards: scan or type the code; what is on it stands there, and what can be done with it. It belongs to nobody.
import { day, money, t } from "./words.js";
import { h } from "./dom.js";
import { call } from "./live.js";
import * as typing from "./amount.js";
import { whyNot } from "./outcome.js";

/** `sale` is the open one: with an amount typed, the card pays it. `paid(id)` when it did; `limited(problem, again)` asks a supervisor. */
export function giftDialog(dialog, { wedge, sale, paid, limited }) {
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  const code = h("input", { class: "search", "aria-label": t("gift_code"), placeholder: t("gift_code"), autocomplete: "off", maxlength: "120" });
  const parts = h("div", { class: "rows" });
  let id = crypto.randomUUID(), busy = false;
  const go = async (path, what) => {
    if (busy) return;
    busy = true;
    alarm.textContent = t("booking");
    const ask = (supervisor) => call("POST", path, { id, ...what, ...(supervisor ? { supervisor } : {}) });
    try {
      const answer = await ask();
      if (path === "/gift-cards:pay") paid(answer);
      dialog.close();
    } catch (problem) {
      if (problem.code === "supervisor_needed") { dialog.close(); limited(problem, ask); }
      if (problem.code !== "unreachable") id = crypto.randomUUID();
      alarm.textContent = problem.detail || t("error.unreachable");
    }
    busy = false;
  };
  const button = (label, act, kind = "buyable") => h("button", { type: "button", class: kind, on: { click: act } }, h("span", { class: "name", text: label }));
  const amountBox = (label) => h("input", { class: "search number", inputmode: "decimal", autocomplete: "off", "aria-label": label, placeholder: label });
  const load = (typed) => {
    const box = amountBox(t("gift_amount"));
    const sell = () => {
      const { value, trouble } = typing.read(box.value);
      if (trouble) alarm.textContent = `${t("amount_wrong", { text: box.value.trim() })} ${whyNot(box.value)}`;
      else if (value) go("/gift-cards", { code: typed, amount: value });
    };
    box.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); sell(); } };
    return [box, button(t("gift_load"), sell)];
  };
  const lost = (typed) => {
    const receipt = h("input", { class: "search", "aria-label": t("gift_receipt"), placeholder: t("gift_receipt"), autocomplete: "off", maxlength: "200" });
    const swap = () => receipt.value.trim() && go("/gift-cards:replace", { receipt: receipt.value.trim(), code: typed });
    receipt.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); swap(); } };
    return [receipt, button(t("gift_replace"), swap)];
  };
  const found = (typed, card) => {
    const amount = sale.amount, there = Number(card.available);
    const head = h("p", { class: "big number", text: money(card.available) });
    const until = card.last_day && h("p", { class: "soft", text: t("gift_until", { day: day(card.last_day) }) });
    const pay = amount && there > 0 && button(t("gift_pay", { amount: money(Math.min(Number(amount), there)) }), () => go("/gift-cards:pay", { code: typed, amount }), "primary");
    parts.replaceChildren(...[head, until, pay, ...load(typed)].filter(Boolean));
    (parts.querySelector(".primary") ?? parts.querySelector("input")).focus();
  };
  const look = async () => {
    const typed = code.value.trim();
    if (!typed) return;
    alarm.textContent = "";
    try {
      found(typed, await call("POST", "/gift-cards:look", { code: typed }));
    } catch (problem) {
      if (problem.code !== "not_found") { alarm.textContent = problem.detail || t("error.unreachable"); return; }
      parts.replaceChildren(h("p", { class: "soft", text: t("gift_new") }), ...load(typed), ...lost(typed));
      parts.querySelector("input").focus();
    }
  };
  code.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    wedge.enter(event.timeStamp);  // typed or scanned: here both are a code
    look();
  };
  dialog.replaceChildren(h("h2", { text: t("gift_card") }), code, alarm, parts,
    h("div", { class: "choices" }, h("button", { type: "button", text: t("back"), on: { click: () => dialog.close() } })));
  if (!dialog.open) dialog.showModal();
  code.focus();
}
