// Goods come back, a sale moves to its right member. One dialog each, by keyboard, mouse and touch.
import { day, money, t, time } from "./words.js";
import { fill, h } from "./dom.js";
import { call } from "./live.js";
import * as typing from "./amount.js";
import { whyNot } from "./outcome.js";

/** What stands on a receipt's code: the counter's name, a colon and the sale's number. */
export function isReceipt(code) {
  return /^[\w.-]{1,60}:[\w.:-]{6,200}$/.test(code);
}

/**
 * `id` of a sale, of this counter or another; `done(outcome)` or `said(problem)` afterwards. The window is there at once,
 * `first` in its field, so that no key that follows goes astray; an Enter that comes before the sale waits for it.
 */
export async function returnDialog(dialog, id, done, said, first = "") {
  let sale = null, hurried = false;
  const wanted = new Map();
  const box = h("input", { class: "search number", inputmode: "decimal", autocomplete: "off", "aria-label": t("return_amount"), placeholder: t("return_amount") });
  const go = h("button", { type: "button", class: "primary" });
  const back = h("button", { type: "button", text: t("back") });
  const all = h("button", { type: "button", "data-all": "true", disabled: true, text: t("return") });
  const heading = h("h2", { text: t("return") }), left = h("p", { class: "soft", text: "…" });
  const lines = h("div", { class: "rows return-lines" });
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  /** What stands in the way of the typed amount; empty where nothing does. */
  const objection = () => {
    const { value, trouble } = typing.read(box.value);
    if (trouble) return `${t("amount_wrong", { text: box.value.trim() })} ${whyNot(box.value)}`;
    return sale && Number(value) > Number(sale.left) ? t("return_too_much", { left: money(sale.left) }) : "";
  };
  const request = () => {
    const amount = typing.read(box.value).value;
    if (!sale) return null;
    if (wanted.size) return { lines: [...wanted].map(([sku, quantity]) => ({ sku, quantity })) };
    return amount && Number(amount) <= Number(sale.left) ? { amount } : null;
  };
  const draw = () => {
    const what = request();
    go.disabled = !what;
    go.textContent = what?.amount ? t("return_some", { amount: money(what.amount) })
      : wanted.size ? t("return_lines", { count: wanted.size, n: wanted.size }) : t("return");
    fill(lines, ...(sale?.lines ?? []).filter((line) => line.sku && Number(line.left) > 0).map((line) => lineRow(line, wanted)));
    for (const button of lines.querySelectorAll("button")) button.onclick = () => {
      const { sku, by } = button.dataset, line = sale.lines.find((each) => each.sku === sku);
      const next = Math.max(0, Math.min(Number(line.left), (wanted.get(sku) ?? 0) + Number(by)));
      if (next) wanted.set(sku, next); else wanted.delete(sku);
      box.value = alarm.textContent = "";
      draw();
      lines.querySelector(`[data-sku="${CSS.escape(sku)}"][data-by="${by}"]`)?.focus();
    };
  };
  const send = async (what) => {
    go.disabled = all.disabled = true;
    try {
      const outcome = await call("POST", `/sales/${encodeURIComponent(id)}/returns`, { id: crypto.randomUUID(), ...what });
      dialog.close();
      done(outcome);
    } catch (problem) {
      dialog.close();
      said(problem);
    }
  };
  box.oninput = () => { wanted.clear(); alarm.textContent = ""; draw(); };
  box.onchange = () => { alarm.textContent = objection(); };
  dialog.onkeydown = (event) => {
    if (event.key !== "Enter" || document.activeElement !== box) return;
    event.preventDefault();
    alarm.textContent = objection();
    hurried = !sale;
    if (request()) send(request());
  };
  go.onclick = () => send(request());
  all.onclick = () => send({ all: true });
  back.onclick = () => dialog.close();
  dialog.replaceChildren(heading, left, lines, box, alarm, h("div", { class: "choices" }, back, all, go));
  box.value = first;
  draw();
  if (!dialog.open) dialog.showModal();
  box.focus();
  try {
    sale = await call("GET", `/sales/${encodeURIComponent(id)}`);
  } catch (problem) {
    dialog.close();
    return said(problem);
  }
  heading.textContent = t("return_of", { total: money(sale.total), day: `${day(sale.occurred_at)} ${time(sale.occurred_at)}` });
  left.textContent = t("return_left", { left: money(sale.left) });
  all.textContent = t("return_all", { amount: money(sale.left) });
  all.disabled = Number(sale.left) <= 0;
  draw();
  if (hurried && dialog.open) {
    alarm.textContent = objection();
    if (request()) send(request());
  }
}

function lineRow(line, wanted) {
  const n = wanted.get(line.sku) ?? 0;
  const step = (by, sign, label) => h("button", { type: "button", "data-sku": line.sku, "data-by": String(by), "aria-label": `${label} ${line.sku}`, text: sign });
  return h("div", { class: "return-line" }, h("span", { text: line.category ? `${line.sku} · ${line.category}` : line.sku }),
    h("span", { class: "soft number", text: t("pieces_left", { n: line.left }) }),
    step(-1, "−", t("less")), h("strong", { class: "number", text: String(n) }), step(1, "+", t("more")));
}
