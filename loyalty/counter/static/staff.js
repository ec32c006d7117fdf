// A PIN, typed or touched: who stands at the till, or a supervisor who allows one thing. The open sale stays as it is.
import { has, t } from "./words.js";
import { h } from "./dom.js";
import { call } from "./live.js";

const LONGEST_PIN = 8;

/**
 * `send(pin)` asks the counter; `why`: the refusal that a supervisor may lift; `leave` signs out; `card`: what a
 * card does here, in words, empty where nobody has one. A supervisor's card brings the event `allowed` with a ticket that stands in the PIN's place.
 */
export function staffDialog(dialog, { title, send, why = null, leave = null, card = null, wedge = null }) {
  const box = h("input", { class: "search number", type: "password", inputmode: "numeric", maxlength: "64", "aria-label": t("pin"), placeholder: t("pin"), autocomplete: "off" });
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  const ok = h("button", { type: "button", class: "primary", text: t("ok") });
  const back = h("button", { type: "button", text: t("back") });
  const out = leave && h("button", { type: "button", text: t("staff_out") });
  const pad = h("div", { class: "pin-pad" }, ...[..."1234567890"].map((key) => h("button", { type: "button", "data-pin": key, tabindex: "-1", text: key,
    on: { click: () => { box.value += key; box.focus(); } } })));
  /** A badge: the counter tells whose it is; a supervisor's, where one is asked for, brings the event `allowed`. */
  const showBadge = async (token) => { await call("POST", "/staff", { token }); if (!why) dialog.close(); };
  const badge = (typed) => card !== null && (typed.length > LONGEST_PIN || /\D/.test(typed));
  const go = async (typed, code = badge(typed)) => {
    if (!typed) return;
    box.value = "";
    try {
      if (code) return await showBadge(typed);
      await send(typed);
      dialog.close();
    } catch (problem) {
      alarm.textContent = has(`error.${problem.code}`) ? t(`error.${problem.code}`) : problem.detail;
      box.focus();
    }
  };
  const shown = ({ detail: { ticket, name } }) => {
    if (ticket) return go(ticket, false);
    alarm.textContent = t("no_supervisor", { name });
    call("POST", "/staff/card").catch(() => {});
  };
  if (why && card) {
    call("POST", "/staff/card").catch(() => {});
    document.addEventListener("allowed", shown);
    dialog.addEventListener("close", () => {
      document.removeEventListener("allowed", shown);
      call("DELETE", "/staff/card").catch(() => {});
    }, { once: true });
  }
  dialog.dataset.who = why ? "supervisor" : card === null ? "member" : "staff";
  ok.onclick = () => go(box.value.trim());
  back.onclick = () => dialog.close();
  if (out) out.onclick = () => { dialog.close(); leave(); };
  dialog.onkeydown = (event) => {
    if (event.key !== "Enter" || document.activeElement !== box) return;
    event.preventDefault();
    const scan = card !== null && wedge?.enter(event.timeStamp);  // a badge's code, typed by a scanner
    go(scan ? scan.code : box.value.trim(), Boolean(scan) || undefined);
  };
  dialog.replaceChildren(h("h2", { text: title }), ...(why ? [h("p", { class: "soft" }, why.parts[1].cloneNode(true))] : []), ...(card ? [h("p", { class: "soft small", text: card })] : []), box, alarm, pad,
    h("div", { class: "choices" }, back, ...(out ? [out] : []), ok));
  if (!dialog.open) dialog.showModal();
  box.focus();
}
