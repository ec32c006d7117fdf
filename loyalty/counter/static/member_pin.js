// The cashier lets the member who is here choose a PIN, typed twice on the number block; the kiosk asks for it.
import { h } from "./dom.js";
import { call } from "./live.js";
import { staffDialog } from "./staff.js";
import { t } from "./words.js";

const dialog = document.getElementById("staff-dialog");

/** Nothing happens while nobody is at the counter. */
async function choose() {
  const { member } = await call("GET", "/state");
  if (!member) return;
  staffDialog(dialog, { title: t("member_pin.new", { name: member.masked_name }), send: async (pin) => { setTimeout(() => again(pin)); } });
}

function again(first) {
  staffDialog(dialog, { title: t("member_pin.again"), send: async (pin) => {
    if (pin !== first) throw { code: "", detail: t("member_pin.differ") };
    await call("PUT", "/member/pin", { pin }).catch((problem) => { throw problem.code === "invalid" ? { code: "", detail: t("member_pin.easy") } : problem; });
  } });
}

const button = document.getElementById("pin-button");
const label = () => button.replaceChildren(h("span", { text: t("member_pin") }));
button.onclick = () => { button.blur(); choose().catch(() => {}); };
new MutationObserver(label).observe(document.documentElement, { attributeFilter: ["lang", "data-ready"] });
label();
