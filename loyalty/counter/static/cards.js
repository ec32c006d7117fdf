// Cards at the till: one that belongs to nobody finds its member, a lost one is stopped, another takes its place.
import { t } from "./words.js";
import { h, icon } from "./dom.js";
import { call } from "./live.js";

/** What the member's panel says of a card that belongs to nobody: alone, or beside the member who is here. */
export function unclaimedPart(state) {
  if (!state.unclaimed) return null;
  const button = (what, label, look = null) => h("button", { type: "button", class: look, "data-card": what, text: label });
  const ends = state.unclaimed.ends;
  if (state.member) {
    return h("div", { class: "new-card" }, icon("card", 24), h("span", { text: t("new_card", { ends }) }),
      h("span", { class: "acts" }, button("give", t("card_give", { name: state.member.masked_name }), "primary"), button("aside", t("drop"))));
  }
  return h("div", { class: "waiting new-card-alone" }, h("span", { class: "badge" }, icon("card", 48)), h("h1", { text: t("new_card", { ends }) }),
    h("p", { class: "soft", text: t("new_card_why") }),
    h("div", { class: "stack" }, button("newcomer", t("newcomer"), "primary"), button("find", t("card_to_member")), button("aside", t("drop"), "quiet")));
}

/** Somebody new, in three fields. `done()` afterwards; a scan meanwhile is a card, not a name. */
export function newcomerDialog(dialog, state, { wedge, scanned, language }) {
  const name = h("input", { class: "search", "aria-label": t("newcomer.name"), placeholder: t("newcomer.name"), autocomplete: "off", maxlength: "120" });
  const phone = h("input", { class: "search number", type: "tel", "aria-label": t("newcomer.phone"), placeholder: t("newcomer.phone"), autocomplete: "off", maxlength: "30" });
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  const id = crypto.randomUUID();
  let chosen = language;
  const tongues = h("div", { class: "choices small-choices", role: "group", "aria-label": t("newcomer.language") });
  const drawTongues = () => tongues.replaceChildren(...[["en", "English"], ["zh-Hant", "繁體中文"], ["zh-Hans", "简体中文"]].map(([tag, text]) =>
    h("button", { type: "button", lang: tag, "aria-pressed": String(tag === chosen), text, on: { click: () => { chosen = tag; drawTongues(); } } })));
  const ok = h("button", { type: "button", class: "primary", text: t("newcomer.ok") });
  const back = h("button", { type: "button", text: t("back"), on: { click: () => dialog.close() } });
  const go = async () => {
    if (!name.value.trim()) { alarm.textContent = t("newcomer.name_missing"); return name.focus(); }
    ok.disabled = true;
    try {
      await call("POST", "/members", { id, name: name.value.trim(), phone: phone.value.trim() || null, language: chosen });
      dialog.close();
    } catch (problem) {
      alarm.textContent = problem.detail || t("error.unreachable");
      ok.disabled = false;
    }
  };
  ok.onclick = go;
  dialog.onkeydown = (event) => {
    if (event.key !== "Enter" || document.activeElement?.tagName !== "INPUT") return;
    event.preventDefault();
    const scan = wedge.enter(event.timeStamp), box = document.activeElement;
    if (!scan) return box === name ? phone.focus() : go();
    box.value = box.value.endsWith(scan.code) ? box.value.slice(0, -scan.code.length) : box.value;
    scanned(scan.code);
  };
  drawTongues();
  dialog.replaceChildren(h("h2", { text: t("newcomer") }), h("p", { class: "soft", text: t("newcomer_card", { ends: state.unclaimed?.ends ?? "" }) }),
    h("div", { class: "fields" }, name, phone, tongues), alarm, h("div", { class: "choices" }, back, ok));
  if (!dialog.open) dialog.showModal();
  name.focus();
}

/** The cards of the member who is here. `limited(problem, again)` asks a supervisor where one is needed. */
export async function cardsDialog(dialog, state, limited) {
  const rows = h("div", { class: "rows" });
  const back = h("button", { type: "button", text: t("back"), on: { click: () => dialog.close() } });
  dialog.replaceChildren(h("h2", { text: t("cards_of", { name: state.member.masked_name }) }), rows,
    h("p", { class: "soft", text: t("cards_hint") }), h("div", { class: "choices" }, back));
  if (!dialog.open) dialog.showModal();
  const act = async (card, what) => {
    const ask = (supervisor) => call("POST", `/member/cards/${encodeURIComponent(card.id)}:${what}`, supervisor ? { supervisor } : {});
    try {
      await ask();
      if (what === "lose") return draw();
      dialog.close();
    } catch (problem) {
      dialog.close();
      limited(problem, what === "replace" ? ask : null);
    }
  };
  const row = (card) => h("div", { class: "card-row" }, icon("card", 24), h("strong", { class: "number", text: `…${card.ends}` }),
    h("span", { class: "soft", text: t(`card.${card.kind}`) }), h("span", { class: `tag ${card.status}`, text: t(card.worn !== "fine" && card.status === "active" ? "card.worn" : `card.${card.status}`) }),
    h("span", { class: "acts" }, card.status !== "lost" && h("button", { type: "button", text: t("card_lose"), on: { click: () => act(card, "lose") } }),
      h("button", { type: "button", disabled: !state.unclaimed, text: state.unclaimed ? t("card_replace", { ends: state.unclaimed.ends }) : t("card_replace_first"), on: { click: () => act(card, "replace") } })));
  async function draw() {
    try {
      const { cards } = await call("GET", "/member/cards");
      rows.replaceChildren(...cards.map(row), ...(cards.length ? [] : [h("p", { class: "soft", text: t("no_cards") })]));
      (rows.querySelector("button:enabled") ?? back).focus();
    } catch (problem) {
      dialog.close();
      limited(problem);
    }
  }
  await draw();
}

/** Presses of the member's panel; `ways`: what each does. */
export function wire(place, ways) {
  for (const button of place.querySelectorAll("[data-card]")) button.onclick = () => ways[button.dataset.card]();
}

