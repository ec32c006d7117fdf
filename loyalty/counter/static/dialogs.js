// Find a member, the last sales, whose sale is it, the keys. Each closes with Esc and works by keyboard, mouse, touch.
import { amount, day, money, t, time } from "./words.js";
import { fill, h, levelBadge } from "./dom.js";
import { call } from "./live.js";
import * as keymap from "./keymap.js";
import { buyer, worth } from "./panels.js";

const SEARCH_AFTER_MS = 140;

/** F2. `choose(id)` when a member is picked; `scanned(code)` when a scanner typed into the box. */
export function findDialog(dialog, wedge, choose, scanned, title = t("find")) {
  const rows = h("div", { class: "rows", role: "listbox" });
  const box = h("input", { class: "search", type: "search", "aria-label": t("find"), placeholder: t("find_by"), autocomplete: "off" });
  let waiting, asked = 0;
  const pick = (member) => { dialog.close(); choose(member.id); };
  const ask = async () => {
    const turn = ++asked, text = box.value.trim();
    if (text.length < 2) return fill(rows);
    const found = await call("POST", "/identify", { search: text }).catch(() => ({ members: [] }));
    if (turn !== asked) return;
    fill(rows, ...found.members.map((member) => h("button", { type: "button", role: "option" },
      h("span", { text: member.masked_name }), h("span", { class: "soft number", text: member.number }), member.tier && levelBadge(member.tier))),
      found.members.length === 0 && h("p", { class: "soft", text: t("nobody_found", { text }) }));
    [...rows.querySelectorAll("button")].forEach((button, n) => { button.onclick = () => pick(found.members[n]); });
  };
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, SEARCH_AFTER_MS); });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const scan = wedge.enter(event.timeStamp);
    if (scan) { dialog.close(); scanned(scan.code); }
    else rows.querySelector("button")?.click();
    event.preventDefault();
  });
  arrows(dialog, [rows], box);
  dialog.replaceChildren(h("h2", { text: title }), box, rows);
  dialog.showModal();
  box.focus();
}

/** The last sales of this counter, and of the member who is here at any counter. `act(what, id)`: undo, return, move, receipt. */
export async function salesDialog(dialog, member, act) {
  const rows = h("div", { class: "rows" }), others = h("div", { class: "rows" });
  const box = h("input", { class: "search number", type: "search", "aria-label": t("receipt_number"), placeholder: t("receipt_number"), autocomplete: "off" });
  const leave = (what, id, first) => { dialog.close(); act(what, id, first); };
  box.onkeydown = (event) => { if (event.key === "Enter" && box.value.trim()) { event.preventDefault(); leave("return", box.value.trim()); } };
  dialog.replaceChildren(h("h2", { text: t("last_sales") }), box, rows, others);
  dialog.showModal();
  const [{ sales }, theirs] = await Promise.all([call("GET", "/sales").catch(() => ({ sales: [] })),
    member ? call("GET", "/member/sales").catch(() => ({ sales: [] })) : { sales: [] }]);
  fill(rows, ...sales.map(saleRow), sales.length === 0 && h("p", { class: "soft", text: t("no_sales") }));
  const here = new Set(sales.map((sale) => sale.id));
  const elsewhere = theirs.sales.filter((sale) => !here.has(sale.purchase.split(":").slice(1).join(":")));
  fill(others, elsewhere.length > 0 && h("h3", { class: "soft small", text: t("sales_elsewhere", { name: member.masked_name }) }), ...elsewhere.slice(0, 5).map(otherRow));
  for (const button of dialog.querySelectorAll("[data-act]")) button.onclick = () => leave(button.dataset.act, button.dataset.of);
  arrows(dialog, [rows, others], box);
  const walk = dialog.onkeydown;
  dialog.onkeydown = (event) => {  // digits on a sale are the amount of it that comes back
    const sale = document.activeElement?.closest(".sale-row")?.querySelector('[data-act="return"]');
    if (!sale || !/^[0-9]$/.test(event.key)) return walk(event);
    event.preventDefault();
    leave("return", sale.dataset.of, event.key);
  };
  (rows.querySelector("button") ?? box).focus();
}

function saleRow(sale) {
  const button = (what, of, label) => h("button", { type: "button", "data-act": what, "data-of": of, [`data-${what}`]: of, text: label });
  const bought = sale.state === "booked" || sale.state === "pending";
  return h("div", { class: "sale-row" },
    h("span", { class: "soft number", text: time(sale.at) }), h("strong", { class: "number", text: worth(sale) }),
    h("span", { class: "who-bought", text: buyer(sale) }),
    h("span", { class: "soft number", text: Object.values(sale.earned)[0] ? `+${amount(Object.values(sale.earned)[0])}` : "" }),
    h("span", { class: `tag ${sale.state}`, text: t(`sale.${sale.state}`) }),
    h("span", { class: "acts" }, sale.undoable && button("undo", sale.id, t("undo")), bought && button("return", sale.id, t("return")),
      sale.undoable && sale.topup === undefined && button("move", sale.id, t("move")), sale.receipt && button("receipt", sale.receipt, t("receipt"))));
}

function otherRow(sale) {
  return h("div", { class: "sale-row" },
    h("span", { class: "soft number", text: day(sale.occurred_at) }), h("strong", { class: "number", text: money(sale.total) }),
    h("span", { class: "who-bought", text: sale.store ?? "" }), h("span", { class: "soft number", text: t("return_left", { left: money(sale.left) }) }), h("span"),
    h("span", { class: "acts" }, Number(sale.left) > 0 && h("button", { type: "button", "data-act": "return", "data-of": sale.purchase, text: t("return") })));
}

/** Another card came during a sale. `answer("keep" | "switch")`. */
export function questionDialog(dialog, state, answer) {
  const name = (who) => who.member?.masked_name ?? t("card_ending", { ends: who.credential?.ends ?? "" });
  const here = name(state), other = name(state.question);
  if (dialog.open && dialog.dataset.about === `${here} ${other} ${t("keys")}`) return;
  dialog.dataset.about = `${here} ${other} ${t("keys")}`;
  const choice = (what, label, key) => h("button", { type: "button", class: what === "keep" ? "primary" : null, on: { click: () => answer(what) } }, label, h("kbd", { text: key }));
  dialog.replaceChildren(h("h2", { text: t("whose_sale") }), h("p", { text: t("whose_sale_why", { other, here }) }),
    h("div", { class: "choices" }, choice("keep", t("keep", { name: here }), "Esc"), choice("switch", t("switch", { name: other }), keymap.keys().switch)));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("button").focus();
}

/** `?`: what each key does, and the other sets of keys. */
export function keysDialog(dialog) {
  const set = keymap.keys();
  const row = (key, words) => [h("kbd", { text: key }), h("span", { text: t(words) })];
  const pick = (name) => h("button", { type: "button", "aria-pressed": String(keymap.chosen() === name), "data-set": name, text: t(`keys.${name}`) });
  dialog.replaceChildren(h("h2", { text: t("keys") }), h("div", { class: "cheats" },
    ...row("0–9", "key_digits"), ...row("Enter", "key_enter"), ...row(set.redeem, "key_redeem"), ...row("↓ ↑", "key_other"),
    ...row(set.voucher, "key_voucher"), ...row(set.purse, "key_purse"), ...row("Esc", "key_esc"), ...(set.clear ? row(set.clear, "key_clear") : []), ...row(set.find, "key_f2"),
    ...row(set.sales, "key_f4"), ...row(set.staff, "key_staff"), ...row(set.codes, "key_codes"), ...row(set.topup, "key_topup"), ...row(set.visit, "key_visit"), ...row(set.gift, "key_gift"), ...row(set.cards, "key_cards"), ...row(set.switch, "key_f9"), ...row(set.help, "key_help"), ...row("▮▯▮▮", "key_scan")),
    h("p", { class: "soft small", text: t(`keys_why.${keymap.chosen()}`) }), h("div", { class: "choices" }, ...keymap.names.map(pick)));
  for (const button of dialog.querySelectorAll("[data-set]")) button.onclick = () => {
    keymap.choose(button.dataset.set);
    keysDialog(dialog);
    dialog.dispatchEvent(new CustomEvent("keys", { bubbles: true }));
  };
  if (!dialog.open) dialog.showModal();
}

/** Arrow keys walk through the rows' buttons. */
function arrows(dialog, rows, first) {
  dialog.onkeydown = (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [first, ...rows.flatMap((place) => [...place.querySelectorAll("button")])].filter(Boolean);
    const at = stops.indexOf(document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    event.preventDefault();
  };
}
