// The kiosk: one member at a time, for as long as they are there. What leaves the screen leaves the page's memory too.
import * as words from "./words.js";
import { amount, day, number, t, time } from "./words.js";
import { bar, h, icon, levelBadge } from "./dom.js";
import { badges, cardBody, historyBody, poster, rewardsBody } from "./kiosk_parts.js";
import { askPin } from "./kiosk_pad.js";
import { call, listen } from "./live.js";
import { missing } from "./panels.js";

const IDLE_S = 20, WARNING_S = 20, TOUCH_EVERY_MS = 5000, TROUBLE_S = 10, HOLD_MS = 3000;
const HOME = localStorage.getItem("kiosk-language") ?? document.documentElement.lang;
const SHOP = document.documentElement.dataset.shop;
const $ = (id) => document.getElementById(id);
let now = { busy: false, member: null, trouble: "" };
let shown = "", endsAt = 0, toldAt = 0, chosen = false, drawn = "";
let purchases = null, printed = "", won = [], visit = 0, online = true, prints = false;  // the first three are a member's and leave with them

/** What the counter says is on this screen. Nothing of an earlier member is kept. */
async function show(next) {
  const came = Boolean(next.member) && !now.member, left = Boolean(now.member || now.trouble) && !next.member && !next.trouble;
  now = next;
  if (came || next.trouble) { shown = next.member?.rewards.length ? "rewards" : "card"; endsAt = Date.now() + (next.trouble ? TROUBLE_S : IDLE_S) * 1000; }
  if (left || came) { purchases = null; printed = ""; won = []; }
  if (came) askBadges();
  if (left) { shown = ""; chosen = false; closeWarning(); if ($("pad").open) $("pad").close(); }
  draw();
  if (came && !chosen && next.member.language !== words.language) await speak(next.member.language);
  if (left && words.language !== HOME) await speak(HOME);
}

function draw() {
  const picture = JSON.stringify([now, shown, words.language, purchases, printed, won, online, prints]);
  if (picture === drawn) return;
  drawn = picture;
  $("stage").replaceChildren(now.member ? mine(now.member) : now.trouble ? sorry(now.trouble) : attract());
  $("ring").toggleAttribute("hidden", !now.member);
  $("offline").hidden = online;
  $("offline").replaceChildren(icon("alert", 32), h("span", { text: t("kiosk.no_server") }));
}

function attract() {
  return h("section", { class: "attract" },
    h("div", { class: "poster" }, h("h1", { text: t("kiosk.welcome", { shop: SHOP }) }), poster()),
    h("div", { class: "ask" }, h("strong", { text: now.busy ? t("kiosk.wait") : t("kiosk.tap") }), h("span", { text: t("kiosk.tap_more") })));
}

function mine(member) {
  const [[, first] = [null, { available: 0 }], ...others] = Object.entries(member.wallets);
  const text = amount(first.available, first), digits = first.kind === "money" ? text : number(first.available, first.decimals ?? 0);
  return h("section", { class: "mine" },
    h("div", {},
      h("h1", { class: "hello" }, h("span", { text: t("kiosk.hello", { name: member.masked_name }) }), member.tier && levelBadge(member.tier)),
      h("div", { class: "have" }, h("p", { text: t("kiosk.you_have") }),
        h("p", {}, h("span", { class: "big number", id: "balance", text: digits }), " ", h("span", { class: "unit", text: text.replace(digits, "").trim() }))),
      others.length > 0 && h("p", { class: "others number" }, ...others.map(([name, wallet]) => h("span", { text: `${name}: ${wallet.kind === "count" ? number(wallet.available) : amount(wallet.available, wallet)}` }))),
      member.tier && h("div", { class: "next" }, bar(member.tier.next ? member.tier.progress : 1, t("kiosk.top_level")),
        h("p", { class: "number", text: member.tier.next ? t("to_next", { missing: missing(member.tier.next), name: member.tier.next.name }) : t("kiosk.top_level") })),
      ...(first.expiring ?? []).slice(0, 1).map((row) => h("p", { class: "flag" }, icon("clock", 34), h("span", { text: t("expire", { points: amount(row.amount, first), day: day(row.on) }) }))),
      !member.fresh && h("p", { text: t("kiosk.as_of", { time: `${day(member.as_of)} ${time(member.as_of)}` }) }),
      badges(won)),
    body(member),
    h("nav", { class: "tiles" }, tile("rewards", "gift", "kiosk.rewards"), tile("history", "clock", "kiosk.history"), tile("card", "card", "kiosk.my_card"),
      h("button", { type: "button", class: "primary", id: "done", on: { click: done } }, icon("check", 44), h("span", { text: t("kiosk.done") }))));
}

function tile(name, sign, label) {
  const open = () => { if (name === "history" && !purchases) return openHistory(); shown = name; draw(); };
  return h("button", { type: "button", "aria-pressed": String(shown === name), "data-tile": name, on: { click: open } }, icon(sign, 44), h("span", { text: t(label) }));
}

function body(member) {
  if (shown === "card") return cardBody(printed, prints && printCard);
  return shown === "history" && purchases ? historyBody(purchases) : rewardsBody(member);
}

async function askBadges() {
  const mine = ++visit;
  const { challenges } = await call("GET", "/kiosk/challenges").catch(() => ({ challenges: [] }));
  if (!now.member || mine !== visit || !challenges.length) return;
  won = challenges;
  draw();
}

async function printCard() {
  try {
    await call("POST", "/kiosk/card:print", {});
    printed = t("kiosk.printing");
  } catch (problem) {
    printed = words.has(`kiosk.${problem.code}`) ? t(`kiosk.${problem.code}`) : t("kiosk.device");
  }
  if (now.member) draw();
}

/** The last purchases: at once for a chip that has proven itself, else after the PIN. */
async function openHistory() {
  const answer = await ask({});
  if (answer === "pin") askPin($("pad"), { title: t("kiosk.pin"), more: t("kiosk.pin_more"), send: (pin) => ask({ pin }) });
  else if (answer) askPin($("pad"), { title: t("kiosk.history"), more: answer, send: (pin) => ask({ pin }) });
}

/** What to say instead of the purchases; "pin" when one is needed; nothing when they are on the screen. */
async function ask(body) {
  let answer;
  try {
    answer = await call("POST", "/kiosk/history", body);
  } catch {
    answer = { status: "offline" };
  }
  if (!now.member || answer.status === "pin") return now.member ? "pin" : "";
  if (answer.status !== "ok") return t(`kiosk.pin_${answer.status}`, { left: answer.left });
  [purchases, shown] = [answer.sales, "history"];
  draw();
  return "";
}

function sorry(code) {
  return h("section", { class: "sorry" }, icon("alert", 120), h("h1", { text: words.has(`kiosk.${code}`) ? t(`kiosk.${code}`) : t("kiosk.unknown_member") }), h("p", { text: t("kiosk.help") }));
}

function done() {
  show({ busy: false, member: null, trouble: "" });
  call("DELETE", "/kiosk/member").catch(() => {});
}

// technicians: Ctrl+Shift+L or the shop's name held for three seconds, then a supervisor's PIN
function leave() {
  if ($("pad").open) return;
  askPin($("pad"), { title: t("kiosk.leave"), send: async (pin) => {
    try {
      location.replace((await call("POST", "/kiosk/leave", { pin })).to);
    } catch {
      return t("kiosk.leave_wrong");
    }
  } });
  endsAt = Date.now() + IDLE_S * 1000;
}

function holdToLeave(place) {
  let held;
  place.addEventListener("pointerdown", () => { held = setTimeout(leave, HOLD_MS); });
  for (const event of ["pointerup", "pointercancel", "pointerleave"]) place.addEventListener(event, () => clearTimeout(held));
}

// privacy: 20 s without a touch, a question for 20 s, then nothing is left
function touched() {
  if (!now.member) { if ($("pad").open) endsAt = Date.now() + IDLE_S * 1000; return; }
  endsAt = Date.now() + IDLE_S * 1000;
  closeWarning();
  if (Date.now() - toldAt > TOUCH_EVERY_MS) { toldAt = Date.now(); call("POST", "/kiosk/touch", {}).catch(() => {}); }
}

function closeWarning() {
  if ($("still").open) $("still").close();
}

function warn(seconds) {
  const dialog = $("still");
  if (!dialog.open) {
    if ($("pad").open) $("pad").close();
    dialog.replaceChildren(h("h2", { text: t("kiosk.still_there") }), h("p", { id: "countdown" }),
      h("div", { class: "choices" }, h("button", { type: "button", class: "primary", text: t("kiosk.stay"), on: { click: touched } }), h("button", { type: "button", text: t("kiosk.done"), on: { click: done } })));
    dialog.showModal();
  }
  $("countdown").textContent = t("kiosk.leaving", { seconds });
}

function tick() {
  if (!now.member && !now.trouble) { if ($("pad").open && Date.now() > endsAt) $("pad").close(); return; }
  const left = (endsAt - Date.now()) / 1000;
  $("left").style.setProperty("stroke-dashoffset", String(100 - Math.max(0, Math.min(1, left / IDLE_S)) * 100));
  if (now.trouble && left <= 0) done();
  else if (now.member && left <= -WARNING_S) done();
  else if (now.member && left <= 0) warn(Math.ceil(left + WARNING_S));
}

async function speak(language) {
  await words.speak(language);
  for (const button of $("languages").children) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  $("languages").setAttribute("aria-label", t("kiosk.language"));
  draw();
}

for (const button of $("languages").children) button.onclick = () => { chosen = true; speak(button.dataset.language); };
for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, touched);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") done();
  else if (event.ctrlKey && event.shiftKey && event.code === "KeyL") { event.preventDefault(); leave(); }
});
holdToLeave($("shop"));
history.pushState(null, "");  // Back ends the visit; there is no page behind it to be seen
window.addEventListener("popstate", () => { history.pushState(null, ""); done(); });
document.addEventListener("contextmenu", (event) => event.preventDefault());
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
$("still").addEventListener("cancel", (event) => event.preventDefault());
await speak(HOME);
await call("DELETE", "/kiosk/member").catch(() => {});  // whoever was here before this page opened is gone
setInterval(tick, 250);
function connected(is) {
  online = is;
  draw();
}

listen("/kiosk/events", ["kiosk", "link"], {
  hear: (topic, data) => (topic === "link" ? connected(data.online) : show(data)), fetchAll: () => call("GET", "/kiosk/state"),
  take: (all) => { prints = all.prints; online = all.online; show({ busy: all.busy, member: all.member, trouble: all.trouble }); },
  lost: (gone) => { if (gone) connected(false); },
});
document.documentElement.dataset.ready = "true";
