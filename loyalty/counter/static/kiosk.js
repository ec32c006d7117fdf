// The kiosk: one member at a time, for as long as they are there. What leaves the screen leaves the page's memory too.
import * as words from "./words.js";
import { amount, day, number, t, time } from "./words.js";
import { bar, h, icon, levelBadge } from "./dom.js";
import { call, listen } from "./live.js";
import { missing } from "./panels.js";

const IDLE_S = 20, WARNING_S = 20, TOUCH_EVERY_MS = 5000, TROUBLE_S = 10;
const HOME = localStorage.getItem("kiosk-language") ?? document.documentElement.lang;
const SHOP = document.documentElement.dataset.shop;
const $ = (id) => document.getElementById(id);
let now = { busy: false, member: null, trouble: "" };
let shown = "", endsAt = 0, toldAt = 0, chosen = false, drawn = "";

/** What the counter says is on this screen. Nothing of an earlier member is kept. */
async function show(next) {
  const came = Boolean(next.member) && !now.member, left = Boolean(now.member || now.trouble) && !next.member && !next.trouble;
  now = next;
  if (came || next.trouble) { shown = next.member?.rewards.length ? "rewards" : "card"; endsAt = Date.now() + (next.trouble ? TROUBLE_S : IDLE_S) * 1000; }
  if (left) { shown = ""; chosen = false; closeWarning(); }
  draw();
  if (came && !chosen && next.member.language !== words.language) await speak(next.member.language);
  if (left && words.language !== HOME) await speak(HOME);
}

function draw() {
  const picture = JSON.stringify([now, shown, words.language]);
  if (picture === drawn) return;
  drawn = picture;
  $("stage").replaceChildren(now.member ? mine(now.member) : now.trouble ? sorry(now.trouble) : attract());
  $("ring").toggleAttribute("hidden", !now.member);
}

function attract() {
  return h("section", { class: "attract" },
    h("div", { class: "poster" }, h("h1", { text: t("kiosk.welcome", { shop: SHOP }) }), poster()),
    h("div", { class: "ask" }, h("strong", { text: now.busy ? t("kiosk.wait") : t("kiosk.tap") }), h("span", { text: t("kiosk.tap_more") })));
}

function poster() {
  const holder = document.createElement("template");
  holder.innerHTML = `<svg class="cards" viewBox="40 40 620 360" aria-hidden="true">
    <g transform="rotate(-9 300 220)"><rect x="96" y="96" width="400" height="252" rx="26" fill="#fff" opacity=".16"/></g>
    <g transform="rotate(-3 300 220)"><rect x="100" y="92" width="400" height="252" rx="26" fill="#fbfaf7"/>
    <rect x="100" y="92" width="400" height="58" rx="26" fill="#f2c14e"/><rect x="100" y="122" width="400" height="28" fill="#f2c14e"/>
    <rect x="132" y="176" width="150" height="20" rx="10" fill="#14202b" opacity=".8"/><rect x="132" y="210" width="96" height="14" rx="7" fill="#14202b" opacity=".35"/>
    <text x="132" y="304" font-size="58" font-weight="600" fill="#14202b">1,740</text>
    <g fill="#14202b">${[0, 12, 30, 38, 56, 62, 80, 92].map((x, n) => `<rect x="${366 + x}" y="262" width="${n % 3 ? 5 : 9}" height="52"/>`).join("")}</g></g>
    <path class="wave" d="M540 150a70 70 0 0 1 0 110"/><path class="wave" d="M566 122a110 110 0 0 1 0 166"/><path class="wave" d="M592 94a150 150 0 0 1 0 222"/></svg>`;
  return holder.content.firstChild;
}

function mine(member) {
  const [[, first] = [null, { available: 0 }], ...others] = Object.entries(member.wallets);
  const text = amount(first.available, first), digits = first.kind === "money" ? text : number(first.available, first.decimals ?? 0);
  return h("section", { class: "mine" },
    h("div", {},
      h("p", { class: "hello" }, h("span", { text: t("kiosk.hello", { name: member.masked_name }) }), member.tier && levelBadge(member.tier)),
      h("div", { class: "have" }, h("p", { text: t("kiosk.you_have") }),
        h("p", {}, h("span", { class: "big number", id: "balance", text: digits }), " ", h("span", { class: "unit", text: text.replace(digits, "").trim() }))),
      others.length > 0 && h("p", { class: "others number" }, ...others.map(([name, wallet]) => h("span", { text: `${name}: ${wallet.kind === "count" ? number(wallet.available) : amount(wallet.available, wallet)}` }))),
      member.tier && h("div", { class: "next" }, bar(member.tier.next ? member.tier.progress : 1, t("kiosk.top_level")),
        h("p", { class: "number", text: member.tier.next ? t("to_next", { missing: missing(member.tier.next), name: member.tier.next.name }) : t("kiosk.top_level") })),
      ...(first.expiring ?? []).slice(0, 1).map((row) => h("p", { class: "flag" }, icon("clock", 34), h("span", { text: t("expire", { points: amount(row.amount, first), day: day(row.on) }) }))),
      !member.fresh && h("p", { text: t("kiosk.as_of", { time: `${day(member.as_of)} ${time(member.as_of)}` }) })),
    body(member),
    h("nav", { class: "tiles" }, tile("rewards", "gift", "kiosk.rewards"), tile("card", "card", "kiosk.my_card"),
      h("button", { type: "button", class: "primary", id: "done", on: { click: done } }, icon("check", 44), h("span", { text: t("kiosk.done") }))));
}

function tile(name, sign, label) {
  const open = () => { shown = name; draw(); };
  return h("button", { type: "button", "aria-pressed": String(shown === name), "data-tile": name, on: { click: open } }, icon(sign, 44), h("span", { text: t(label) }));
}

function body(member) {
  if (shown === "card") return h("div", { class: "body" }, h("figure", { class: "face" }, h("img", { src: `/kiosk/card.png?n=${Date.now()}`, alt: t("kiosk.my_card") })));
  const gift = (reward) => h("li", {}, icon("gift", 44), h("span", {}, reward.name, reward.worth && reward.worth !== reward.name && h("small", { text: reward.worth })),
    h("span", { class: "cost number", text: amount(reward.cost, member.wallets[reward.wallet]) }));
  return h("div", { class: "body" }, h("h2", { text: t("kiosk.now_yours") }),
    member.rewards.length ? h("ul", { class: "gifts" }, ...member.rewards.slice(0, 5).map(gift)) : h("p", { text: t("kiosk.no_rewards") }),
    member.rewards.length > 0 && h("p", { class: "hint", text: t("kiosk.ask_counter") }));
}

function sorry(code) {
  return h("section", { class: "sorry" }, icon("alert", 120), h("h1", { text: words.has(`kiosk.${code}`) ? t(`kiosk.${code}`) : t("kiosk.unknown_member") }), h("p", { text: t("kiosk.help") }));
}

function done() {
  show({ busy: false, member: null, trouble: "" });
  call("DELETE", "/kiosk/member").catch(() => {});
}

// privacy: 20 s without a touch, a question for 20 s, then nothing is left
function touched() {
  if (!now.member) return;
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
    dialog.replaceChildren(h("h2", { text: t("kiosk.still_there") }), h("p", { id: "countdown" }),
      h("div", { class: "choices" }, h("button", { type: "button", class: "primary", text: t("kiosk.stay"), on: { click: touched } }), h("button", { type: "button", text: t("kiosk.done"), on: { click: done } })));
    dialog.showModal();
  }
  $("countdown").textContent = t("kiosk.leaving", { seconds });
}

function tick() {
  if (!now.member && !now.trouble) return;
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
document.addEventListener("keydown", (event) => { if (event.key === "Escape") done(); });
document.addEventListener("contextmenu", (event) => event.preventDefault());
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
$("still").addEventListener("cancel", (event) => event.preventDefault());
await speak(HOME);
await call("DELETE", "/kiosk/member").catch(() => {});  // whoever was here before this page opened is gone
setInterval(tick, 250);
listen("/kiosk/events", ["kiosk"], { hear: (_, data) => show(data), fetchAll: () => call("GET", "/kiosk/state"), take: show, lost: () => {} });
document.documentElement.dataset.ready = "true";
