// Find a member, the last sales, whose sale is it, the keys. Each closes with Esc and works by keyboard, mouse, touch.
import { amount, money, t, time } from "./words.js";
import { fill, h, levelBadge } from "./dom.js";
import { call } from "./live.js";

const SEARCH_AFTER_MS = 140;

/** F2. `choose(id)` when a member is picked; `scanned(code)` when a scanner typed into the box. */
export function findDialog(dialog, wedge, choose, scanned) {
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
  arrows(dialog, rows, box);
  dialog.replaceChildren(h("h2", { text: t("find") }), box, rows);
  dialog.showModal();
  box.focus();
}

/** F4. Undo and print again for each of the last sales. */
export async function salesDialog(dialog, undo, printAgain) {
  const rows = h("div", { class: "rows" });
  dialog.replaceChildren(h("h2", { text: t("last_sales") }), rows);
  dialog.showModal();
  const { sales } = await call("GET", "/sales").catch(() => ({ sales: [] }));
  fill(rows, ...sales.map((sale) => h("div", { class: "sale-row" },
    h("span", { class: "soft number", text: time(sale.at) }), h("strong", { class: "number", text: money(sale.total) }),
    h("span", { class: "who-bought", text: sale.member ?? t("somebody") }),
    h("span", { class: "soft number", text: Object.values(sale.earned)[0] ? `+${amount(Object.values(sale.earned)[0])}` : "" }),
    h("span", { class: `tag ${sale.state}`, text: t(`sale.${sale.state}`) }),
    h("span", { class: "acts" }, sale.receipt && h("button", { type: "button", "data-receipt": sale.receipt, text: t("receipt") }),
      sale.undoable && h("button", { type: "button", "data-undo": sale.id, text: t("undo") })))),
    sales.length === 0 && h("p", { class: "soft", text: t("no_sales") }));
  for (const button of rows.querySelectorAll("[data-undo]")) button.onclick = () => { dialog.close(); undo(button.dataset.undo); };
  for (const button of rows.querySelectorAll("[data-receipt]")) button.onclick = () => { dialog.close(); printAgain(button.dataset.receipt); };
  arrows(dialog, rows, null);
  rows.querySelector("button")?.focus();
}

/** Another card came during a sale. `answer("keep" | "switch")`. */
export function questionDialog(dialog, state, answer) {
  const name = (who) => who.member?.masked_name ?? t("card_ending", { ends: who.credential?.ends ?? "" });
  const here = name(state), other = name(state.question);
  if (dialog.open && dialog.dataset.about === `${here} ${other} ${t("keys")}`) return;
  dialog.dataset.about = `${here} ${other} ${t("keys")}`;
  const choice = (what, label, key) => h("button", { type: "button", class: what === "keep" ? "primary" : null, on: { click: () => answer(what) } }, label, h("kbd", { text: key }));
  dialog.replaceChildren(h("h2", { text: t("whose_sale") }), h("p", { text: t("whose_sale_why", { other, here }) }),
    h("div", { class: "choices" }, choice("keep", t("keep", { name: here }), "Esc"), choice("switch", t("switch", { name: other }), "F9")));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("button").focus();
}

/** `?` */
export function keysDialog(dialog) {
  const row = (key, words) => [h("kbd", { text: key }), h("span", { text: t(words) })];
  dialog.replaceChildren(h("h2", { text: t("keys") }), h("div", { class: "cheats" },
    ...row("0–9", "key_digits"), ...row("Enter", "key_enter"), ...row("Esc", "key_esc"), ...row("F2", "key_f2"),
    ...row("F4", "key_f4"), ...row("F9", "key_f9"), ...row("?", "key_help"), ...row("▮▯▮▮", "key_scan")));
  dialog.showModal();
}

/** Arrow keys walk through the rows' buttons. */
function arrows(dialog, rows, first) {
  dialog.onkeydown = (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [first, ...rows.querySelectorAll("button")].filter(Boolean);
    const at = stops.indexOf(document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    event.preventDefault();
  };
}
