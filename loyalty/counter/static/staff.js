// A PIN, typed or touched: who stands at the till, or a supervisor who allows one thing. The open sale stays as it is.
import { has, t } from "./words.js";
import { h } from "./dom.js";

/** `send(pin)` asks the counter; `why`: the refusal that a supervisor may lift; `leave` signs out. */
export function staffDialog(dialog, { title, send, why = null, leave = null }) {
  const box = h("input", { class: "search number", type: "password", inputmode: "numeric", maxlength: "8", "aria-label": t("pin"), placeholder: t("pin"), autocomplete: "off" });
  const alarm = h("p", { class: "hint alarm", role: "alert" });
  const ok = h("button", { type: "button", class: "primary", text: t("ok") });
  const back = h("button", { type: "button", text: t("back") });
  const out = leave && h("button", { type: "button", text: t("staff_out") });
  const pad = h("div", { class: "pin-pad" }, ...[..."1234567890"].map((key) => h("button", { type: "button", "data-pin": key, tabindex: "-1", text: key,
    on: { click: () => { box.value += key; box.focus(); } } })));
  const go = async () => {
    const pin = box.value.trim();
    if (!pin) return;
    box.value = "";
    try {
      await send(pin);
      dialog.close();
    } catch (problem) {
      alarm.textContent = has(`error.${problem.code}`) ? t(`error.${problem.code}`) : problem.detail;
      box.focus();
    }
  };
  ok.onclick = go;
  back.onclick = () => dialog.close();
  if (out) out.onclick = () => { dialog.close(); leave(); };
  dialog.onkeydown = (event) => { if (event.key === "Enter" && document.activeElement === box) { event.preventDefault(); go(); } };
  dialog.replaceChildren(h("h2", { text: title }), ...(why ? [h("p", { class: "soft" }, why.parts[1].cloneNode(true))] : []), box, alarm, pad,
    h("div", { class: "choices" }, back, ...(out ? [out] : []), ok));
  if (!dialog.open) dialog.showModal();
  box.focus();
}
