// What comes off the open sale: coupons and vouchers by their code, a discount by hand. The price stands beside at once.
import { money, t } from "./words.js";
import { fill, h, icon } from "./dom.js";
import { call } from "./live.js";
import { quoteRows } from "./redeem.js";
import * as typing from "./amount.js";
import { whyNot } from "./outcome.js";

const PERCENT_DECIMALS = 2;

/** `said(problem, again)`: a limit that a supervisor may lift. Draws itself anew with `dialog.redraw()`. */
export function codesDialog(dialog, state, { wedge, said }) {
  const box = h("input", { class: "search", "aria-label": t("code"), placeholder: t("code_or_percent"), autocomplete: "off", maxlength: "60" });
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  const list = h("ul", { class: "codes" }), quote = h("dl", { class: "quote codes-quote" });
  const shares = h("div", { class: "choices small-choices", role: "group", "aria-label": t("discount") });
  const change = async (body, clear = true) => {
    const typed = box.value;
    alarm.textContent = "";
    if (clear) box.value = "";  // at once: the next code may be typed before the answer is here
    const ask = (supervisor) => call("POST", "/sale", { ...body, ...(supervisor ? { supervisor } : {}) });
    try {
      await ask();
    } catch (problem) {
      if (problem.code === "over_discount") { dialog.close(); return said(problem, ask); }
      alarm.textContent = problem.detail;
      if (clear && !box.value) box.value = typed;
    }
    box.focus();
  };
  const codes = () => state.extras?.codes ?? [];
  const add = (text) => {
    const value = typing.plain(text).trim();
    if (!value) return;
    const [, minus, off, percent] = /^([-−]?)\s*([\d.,].*?)\s*(%?)$/.exec(value) ?? [];
    if (minus || percent) {
      const decimals = percent ? PERCENT_DECIMALS : undefined, { value: amount } = typing.read(off, decimals);
      if (amount) return change({ discount: amount + percent });
      alarm.textContent = `${t("discount_wrong", { text: value })} ${whyNot(off, decimals)}`;
      return;
    }
    if (!codes().includes(value)) return change({ codes: [...codes(), value] });
    box.value = "";
  };
  const gone = (label, text, drop) => h("li", {}, icon(label, 20), h("strong", { text }), h("button", { type: "button", class: "quiet", "aria-label": `${t("take_off")} ${text}`, text: "✕", on: { click: drop } }));
  dialog.redraw = () => {
    const asked = state.sale?.quote, amount = state.sale?.amount;
    const unused = new Set(asked?.unused_codes ?? []);
    list.replaceChildren(...codes().map((code) => {
      const row = gone("code", code, () => change({ codes: codes().filter((each) => each !== code) }));
      if (unused.has(code)) row.children[1].after(h("span", { class: "tag refused", text: t("code_nothing") }));
      return row;
    }), ...(state.extras?.discount ? [gone("gift", t("discount_of", { amount: money(state.extras.discount) }), () => change({ discount: null }))] : []));
    fill(quote, ...(amount ? quoteRows(asked, amount, state.member?.wallets ?? {}) : [h("p", { class: "soft", text: t("type_amount_first") })]));
    for (const button of shares.children) button.disabled = !amount;
  };
  shares.replaceChildren(...["5%", "10%", "20%"].map((share) => h("button", { type: "button", text: `−${share}`, on: { click: () => change({ discount: share }, false) } })));
  const ok = h("button", { type: "button", class: "primary", text: t("ok"), on: { click: () => (box.value.trim() ? add(box.value) : dialog.close()) } });
  dialog.onkeydown = (event) => {
    if (event.key !== "Enter" || document.activeElement !== box) return;
    event.preventDefault();
    wedge.enter(event.timeStamp);  // typed or scanned: here both are a code
    if (box.value.trim()) add(box.value); else dialog.close();
  };
  dialog.replaceChildren(h("h2", { text: t("codes") }), box, alarm, list, h("p", { class: "soft small", text: t("discount") }), shares, quote, h("div", { class: "choices" }, ok));
  dialog.redraw();
  if (!dialog.open) dialog.showModal();
  box.focus();
}
