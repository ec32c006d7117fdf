// The bench: what each device says on its wire, what it looks like, and hands on the simulated ones.
import * as words from "./words.js";
import { has, said, t } from "./words.js";
import { fill, h } from "./dom.js";
import { call } from "./live.js";
import { TABS, drawHistory, drawProfile, drawTest, learn } from "./bench_about.js";

const ASK_MS = 700, LOOK_MS = 1500, KEPT = 600;
const $ = (id) => document.getElementById(id);
let devices = [], members = [], current = null, after = 0, held = false, failure = "", tab = "thing";

async function look() {
  ({ devices, members } = await call("GET", "/bench/devices"));
  if (!devices.some((device) => device.id === current)) pick(devices[0]?.id);
  drawDevices();
  drawRight();
}

/** The tab that is open, on the right. */
function drawRight() {
  const device = devices.find((one) => one.id === current);
  for (const name of TABS) {
    $(`tab-${name}`).setAttribute("aria-selected", String(name === tab));
    $(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
  }
  $("stamp").textContent = device?.simulated ? t("bench.simulated") : "";
  $("thing").setAttribute("aria-labelledby", `tab-${tab}`);
  if (tab === "thing" || !device) return drawThing();
  const draw = { test: drawTest, profile: drawProfile, history: drawHistory }[tab];
  const again = () => draw($("thing"), device, relearn);
  const relearn = () => learn(current, again);
  if (tab === "profile" && $("thing").contains(document.activeElement) && document.activeElement.form) return;  // somebody is typing
  relearn();
}

function open(name) {
  tab = name;
  failure = "";
  $("thing").dataset.shown = "";
  drawRight();
}

function pick(id) {
  current = id;
  after = 0;
  failure = "";
  $("rows").replaceChildren();
  drawDevices();
  $("thing").dataset.shown = "";
  drawRight();
  follow();
}

function drawDevices() {
  fill($("devices"), h("h2", { text: t("bench.devices") }), ...devices.map((device) =>
    h("button", { type: "button", "data-id": device.id, class: `${device.state}${device.simulated ? " simulated" : ""}`, "aria-current": String(device.id === current) },
      h("span", { class: "name" }, h("b", { "aria-hidden": "true" }), `${t(`role.${device.role}`)} · ${t(`state.${device.state}`)}`),
      h("span", { class: "small", text: said(`${device.vendor} ${device.model}`) }),
      h("span", { class: "small soft", text: says(device) }),
      device.simulated && h("span", { class: "stamp", text: t("bench.simulated") }))));
  for (const button of $("devices").querySelectorAll("button")) button.onclick = () => pick(button.dataset.id);
}

/** What to do about a device, in the words of the page where there are any. */
function says(device) {
  if (device.own_advice || device.cause === "config") return said(device.advice);
  const known = [`advice.${device.cause}`, `state.${device.cause}`, `${device.state === "unknown" ? "unproven" : "-"}.${device.role}`].find(has);
  return known ? t(known) : said(device.advice);
}

async function follow() {
  if (!current || document.hidden) return;
  const of = current;
  const rows = await call("GET", `/bench/devices/${encodeURIComponent(of)}/trace?after=${after}`).catch(() => null);
  if (of !== current || !rows) return;
  const list = Object.values(rows).filter((row) => row && typeof row === "object" && row.n > after);  // two may have asked at once
  if (list.length) { after = list.at(-1).n; append(list.slice(-KEPT)); }
  else if (!$("rows").children.length) $("rows").append(h("p", { class: "none", text: t("bench.nothing") }));
}

function append(list) {
  const place = $("rows");
  const atEnd = !held && place.scrollTop + place.clientHeight >= place.scrollHeight - 24;  // whoever scrolled up is reading
  place.querySelector(".none")?.remove();
  place.append(...list.map((row) => h("p", { class: { ">": "out", "!": "fault" }[row.direction] ?? null },
    h("time", { text: row.at.slice(11, 23) }), h("span", { text: { ">": "→", "<": "←" }[row.direction] ?? "!" }),
    h("span", { class: "hex", text: row.hex.replace(/../g, "$& ").trim() }), h("span", { text: row.meaning }))));
  if (atEnd || place.children.length > 10 * KEPT) while (place.children.length > KEPT) place.firstChild.remove();
  filter();
  if (atEnd) place.scrollTop = place.scrollHeight;
}

function filter() {
  const place = $("rows"), wanted = $("filter").value.trim().toLowerCase();
  const fits = (row) => wanted === "" || row.textContent.toLowerCase().includes(wanted);
  const top = place.getBoundingClientRect().top;
  const anchor = [...place.children].find((row) => !row.hidden && fits(row) && row.getBoundingClientRect().bottom > top);
  const before = anchor?.getBoundingClientRect().top;
  for (const row of place.children) row.hidden = !fits(row);
  if (anchor) place.scrollTop += anchor.getBoundingClientRect().top - before;  // the first line that stays, stays where it is
}

/** What a hand does with somebody's card at each kind of device; null where that card is of no use there. */
const inserted = ({ card }) => ["card", { card }];
const WAYS = {
  card_printer: ["bench.put_in", inserted],
  card_reader: ["bench.tap", inserted],
  magstripe: ["bench.swipe", ({ card }) => (card.tracks ? ["swipe", { tracks: card.tracks }] : null)],
  scanner: ["bench.scan", ({ code }) => (code ? ["scan", { data: code, symbology: "CODE128" }] : null)],
};
/** Nobody's card, for a bench without demo members. */
const SPARE = { name: "", code: "990001", card: { kind: "rewritable", uid: "04E1F2A3B4C5D6", tracks: { 2: "990001" } } };

async function hand(method, action, body) {
  const query = method === "DELETE" && body ? `?${new URLSearchParams(body)}` : "";
  failure = "";
  await call(method, `/bench/devices/${encodeURIComponent(current)}/${action}${query}`, method === "POST" ? body : undefined)
    .catch((problem) => { failure = problem.detail; });
  await look();
}

function drawThing() {
  const device = devices.find((one) => one.id === current);
  if (!device) return fill($("thing"));
  const picture = { card_printer: "face", receipt_printer: "paper" }[device.role];
  const acts = [];
  const button = (label, run, more = {}) => { acts.push(run); return h("button", { type: "button", "data-act": acts.length - 1, ...more, text: label }); };
  fill($("thing"), h("h2", { text: t("bench.thing") }),
    device.inside?.lines ? h("pre", { class: "lines", text: device.inside.lines.join("\n") })
      : picture && device.simulated ? h("figure", { class: picture }, h("img", { src: `/bench/devices/${encodeURIComponent(device.id)}/picture.png?n=${Math.floor(Date.now() / LOOK_MS)}`, alt: "" })) : h("p", { class: "soft small", text: t("bench.no_picture") }),
    failure && h("p", { class: "alarm", role: "alert", text: failure }),
    ...(device.inside ? hands(device, button) : [h("p", { class: "soft", text: device.simulated ? said(device.advice) : t("bench.real") })]),
    h("dl", {}, ...Object.entries({ port: device.port, profile: device.profile }).flatMap(([key, value]) => [h("dt", { text: t(`bench.${key}`) }), h("dd", { text: value })])),
    device.unverified.length > 0 && h("p", { class: "soft small", title: device.unverified.join(", "), text: t("bench.unverified", { count: device.unverified.length, n: device.unverified.length }) }));
  for (const element of $("thing").querySelectorAll("[data-act]")) element.onclick = acts[element.dataset.act];
  for (const image of $("thing").querySelectorAll("img")) image.onerror = () => image.setAttribute("hidden", "");
}

function hands(device, button) {
  const takesCards = device.role === "card_reader" || device.role === "card_printer";
  const people = members.length ? members : [SPARE];
  const [way, give] = WAYS[device.role] ?? [null, null];
  const card = device.inside.card;
  const faults = device.inside.faults ?? {};
  return [
    give && h("h2", { text: `${t("bench.hand")} · ${t("bench.simulated")}` }),
    give && h("div", { class: "buttons simulated" },
      takesCards && h("p", { class: "small", text: card ? t("bench.inside", { card: card.uid || card.kind }) : t("bench.empty") }),
      ...people.filter((one) => give(one)).map((one) => button(one.name ? t(way, { name: one.name }) : t(`${way}_spare`), () => hand("POST", ...give(one)))),
      takesCards && card && button(t("bench.take_away"), () => hand("DELETE", "card"))),
    h("h2", { text: t("bench.faults") }),
    h("div", { class: "faults simulated" },
      ...(device.inside.faults_known ?? []).map((name) => button(faultWords(name), () => (name in faults ? hand("DELETE", "fault", { name }) : hand("POST", "fault", { name })), { "aria-pressed": String(name in faults) })),
      button(t("bench.mend"), () => hand("DELETE", "fault"), { class: "quiet" })),
  ];
}

function faultWords(name) {
  return has(`fault.${name}`) ? t(`fault.${name}`) : name.replaceAll("_", " ");
}

async function speak(language) {
  await words.speak(language);
  localStorage.setItem("language", language);
  for (const button of $("languages").children) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  $("title").textContent = t("bench.title");
  $("trace-title").textContent = t("bench.trace");
  $("filter").placeholder = t("bench.filter");
  $("filter").setAttribute("aria-label", t("bench.filter"));
  $("hold").textContent = t(held ? "bench.resume" : "bench.pause");
  $("clear").textContent = t("bench.clear");
  for (const name of TABS) $(`tab-${name}`).textContent = t(`bench.tab_${name}`);
  drawDevices();
  $("thing").dataset.shown = "";
  drawRight();
}

await speak(localStorage.getItem("language") ?? document.documentElement.lang);
for (const button of $("languages").children) button.onclick = () => speak(button.dataset.language);
for (const [at, name] of TABS.entries()) {
  $(`tab-${name}`).onclick = () => open(name);
  $(`tab-${name}`).onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(at + step + TABS.length) % TABS.length];
    open(next);
    $(`tab-${next}`).focus();
  };
}
$("filter").oninput = filter;
$("hold").onclick = () => { held = !held; $("hold").textContent = t(held ? "bench.resume" : "bench.pause"); };
$("clear").onclick = () => $("rows").replaceChildren();
await look().catch(() => {});
setInterval(() => document.hidden || look().catch(() => {}), LOOK_MS);
setInterval(follow, ASK_MS);
document.documentElement.dataset.ready = "true";
