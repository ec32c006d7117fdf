// The cashier's screen: keys and scans in, one sale at a time, everything else as the counter tells it.
import * as words from "./words.js";
import { t } from "./words.js";
import { fill, h } from "./dom.js";
import { call, listen } from "./live.js";
import { Wedge } from "./wedge.js";
import { listenToKeys } from "./keyboard.js";
import { hintsOf } from "./hints.js";
import * as keymap from "./keymap.js";
import { cardPanel, lastPanel, memberPanel, statusBar } from "./panels.js";
import { redeemer, rewardsPanel } from "./redeem.js";
import { problemOf, resultOf } from "./outcome.js";
import { findDialog, keysDialog, questionDialog, salesDialog } from "./dialogs.js";
import { isReceipt, returnDialog } from "./returns.js";
import { Sale } from "./sale.js";
import { typed } from "./amount.js";
import { staffDialog } from "./staff.js";
import { cardsDialog, newcomerDialog, wire } from "./cards.js";
import { codesDialog } from "./codes.js";
import { wireMaking } from "./making.js";
import { sold, topupDialog } from "./topup.js";
import { counted, piecesDialog } from "./pieces.js";
import { giftDialog } from "./gift.js";

const $ = (id) => document.getElementById(id);
const TOPICS = ["member", "outcome", "device", "print", "link", "receipt", "making", "clock", "allowed"];
const RESULT_MS = 4000, TROUBLE_MS = 7000;
const wedge = new Wedge(localStorage.getItem("scanner-prefix") ?? "");
const state = { member: null, credential: null, sale: null, devices: [], print_jobs: [], link: { online: true, pending: 0 }, sales: [], lost: false };
const told = (problem) => showResult(problemOf(problem));
/** A limit stands in the way: a supervisor may allow it on the spot. `again(pin)` asks once more. */
const limited = (problem, again) => (again && state.staff_known && ["over_floor", "over_discount", "over_stamps", "supervisor_needed", "expired"].includes(problem.code)
  ? staffDialog($("staff-dialog"), { title: t("supervisor"), why: problemOf(problem), send: again, wedge,
    card: state.staff_cards ? t("supervisor_card") : "" }) : told(problem));
const rewards = redeemer(state, limited, (till) => { adopt(till); draw(); });
const hints = hintsOf(state, draw);
const sale = new Sale(state, { draw, show: showResult, hide: hideResult, handOut: rewards.handOut, decided: async () => { await deciding; return rewards.settled(); } });
let hiding, seenOutcome, seenNotice, deciding = null;

// what the counter tells
async function fetchAll() {
  const [fresh, { sales: rows }] = await Promise.all([call("GET", "/state"), call("GET", "/sales")]);
  return { ...fresh, sales: rows };
}

function take(fresh) {
  const { devices, print_jobs, link, clock, offline, making, sales, last_outcome, staff_known, staff_cards, topups } = fresh;
  Object.assign(state, { devices, print_jobs, link, clock, offline, making, sales, last_outcome, staff_known, staff_cards, topups });
  adopt(fresh);
  if (!sale.text && fresh.sale?.amount && !fresh.sale.committing) sale.text = fresh.sale.amount;
  if (seenOutcome === undefined) seenOutcome = keyOf(fresh.last_outcome);
  draw();
}

/** The till as the counter shows it; views may arrive in another order than they were made. */
function adopt(till) {
  if (till.turn < state.turn) return;
  if ($("staff-dialog").dataset.who === "staff" && till.staff && till.staff.id !== state.staff?.id) $("staff-dialog").close();  // by a card
  Object.assign(state, till);
  if (deciding) state.question = null;
  hints.ask();
}

function hear(topic, data) {
  if (topic === "member") adopt(data);
  else if (topic === "outcome") showOutcome(data);
  else if (topic === "receipt") takeBack(data.id);
  else if (topic === "allowed") document.dispatchEvent(new CustomEvent("allowed", { detail: data }));
  else state[{ device: "devices", print: "print_jobs", link: "link", making: "making", clock: "clock" }[topic]] = data;
  if (topic === "member") showNotice();
  draw();
}

function showOutcome(outcome) {
  state.last_outcome = outcome;
  call("GET", "/sales").then((found) => { state.sales = found.sales; draw(); }, () => {});
  if (keyOf(outcome) === seenOutcome) return;
  seenOutcome = keyOf(outcome);
  if (outcome.command === "record_purchase" && outcome.id === sale.id && outcome.status !== "refused") sale.end();
  showResult(resultOf(outcome));
}

function keyOf(outcome) {
  return outcome ? `${outcome.id} ${outcome.command} ${outcome.status}` : null;
}

function showNotice() {
  const notice = state.notice && `${state.notice.code} ${state.notice.detail}`;
  const offered = state.unclaimed && state.notice?.code === "unknown_member";  // its panel says more than an alarm
  if (notice && notice !== seenNotice && !offered) showResult(problemOf(state.notice));
  seenNotice = notice;
}

function showResult({ kind, parts }) {
  clearTimeout(hiding);
  const place = $("result");
  place.className = `result ${kind}`;
  place.replaceChildren(...parts);
  place.hidden = false;
  hiding = setTimeout(hideResult, kind === "ok" ? RESULT_MS : TROUBLE_MS);
}

function hideResult() {
  clearTimeout(hiding);
  $("result").hidden = true;
}

// what the cashier does
const identify = (body) => call("POST", "/identify", body).catch((problem) => { if (problem.code === "unreachable") told(problem); });
const scanned = (code) => (isReceipt(code) ? takeBack(code) : identify({ token: code }));
const detach = () => { sale.end(); hideResult(); call("DELETE", "/member").catch(told); draw(); };
const undo = (id, supervisor) => call("POST", `/sales/${encodeURIComponent(id)}:undo`, { supervisor });
const undone = (id) => undo(id).catch((problem) => limited(problem, (pin) => undo(id, pin)));
const staff = () => state.staff_known && staffDialog($("staff-dialog"), { title: t("staff"), wedge, card: state.staff_cards ? t("staff_card") : "", send: (pin) => call("POST", "/staff", { pin }),
  leave: state.staff && (() => call("DELETE", "/staff").catch(told)) });
const takeBack = (id, first) => returnDialog($("return-dialog"), id, () => {}, told, first);
const onJob = (id, act, reward) => (act === "given" || act === "back" ? rewards.settle(reward, act) : call("POST", `/print-jobs/${id}:${act}`).catch(told));

/** The sale was booked for the wrong member: whoever is found or scanned next gets it. */
function move(id) {
  const give = (who) => call("POST", `/sales/${encodeURIComponent(id)}:move`, { ...who, reason: "wrong member" }).catch(told);
  findDialog($("find-dialog"), wedge, (member) => give({ member }), (code) => give({ token: code }), t("move_to"));
}

async function decide(answer) {
  deciding = call("POST", "/question", { answer }).catch(() => null);
  state.question = null;
  draw();
  const till = await deciding;
  deciding = null;
  if (till) adopt(till);
  draw();
}
const find = () => findDialog($("find-dialog"), wedge, (member) => identify({ member }), scanned);
const cardStep = (method) => call(method, "/cards").catch(told);
const newcomer = () => newcomerDialog($("card-dialog"), state, { wedge, scanned, language: words.language });
const ofCards = { give: () => cardStep("POST"), aside: () => cardStep("DELETE"), newcomer, find: () => find() };
/** F10: the cards of the member who is here; somebody new for a card that belongs to nobody. */
const cards = () => (state.member ? cardsDialog($("card-dialog"), state, limited) : state.unclaimed ? newcomer() : told({ code: "no_new_card" }));
const codes = () => codesDialog($("codes-dialog"), state, { wedge, said: limited });
const topup = () => sold(state) && (state.member ? topupDialog($("topup-dialog"), state) : told({ code: "no_member" }));
const visit = () => (state.member ? counted(state) && piecesDialog($("pieces-dialog"), state, limited) : told({ code: "no_member" }));
const gift = () => state.topups?.gifts && giftDialog($("gift-dialog"), { wedge, sale, limited, paid: () => { sale.end(); call("POST", "/quote", { amount: "" }).catch(() => {}); draw(); } });
const onSale = { undo: undone, return: takeBack, move, receipt: (id) => onJob(id, "retry") };
const sales = () => salesDialog($("sales-dialog"), state.member, (what, id, first) => onSale[what](id, first));
const COMMANDS = {
  find, sales, staff, help: () => keysDialog($("keys-dialog")), switch: () => state.question && decide("switch"),
  cards, codes, topup, visit, gift, redeem: rewards.toggleBest, voucher: () => rewards.toggleFirst("voucher"), purse: () => rewards.toggleFirst("purse"),
};

listenToKeys({ state, wedge, sale, commands: COMMANDS, scanned, step: rewards.step, detach, decide });

// drawing
function draw() {
  const keys = keymap.keys();
  memberPanel($("member"), state, detach, keys);
  wire($("member"), ofCards);
  for (const button of $("member").querySelectorAll("[data-hint]")) button.onclick = () => hints.done(Number(button.dataset.hint));
  rewardsPanel($("rewards"), state, rewards.toggle, keys);
  cardPanel($("card"), state, keys, onJob);
  wireMaking($("card"), told);
  lastPanel($("last"), state, keys);
  statusBar($("status"), state, [[keys.find, t("find_short"), "find"], [keys.sales, t("last_short"), "sales"], [keys.help, t("help_short"), "help"]]);
  for (const button of document.querySelectorAll("[data-key]")) button.onclick = COMMANDS[button.dataset.key];
  $("staff-button").hidden = !state.staff_known;
  fill($("staff-button"), h("kbd", { text: keys.staff }), ` ${state.staff?.name ?? t("staff_none")}`);
  sale.drawInto(keys);
  if ($("codes-dialog").open) $("codes-dialog").redraw();
  const dialog = $("question-dialog");
  if (state.question) questionDialog(dialog, state, decide);
  else if (dialog.open) dialog.close();
}

function keypad() {
  const keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "00", "0", "."];
  fill($("keypad"), ...keys.map((key) => h("button", { type: "button", "data-pad": key, tabindex: "-1", text: key })));
  for (const button of $("keypad").children) button.onclick = () => [...button.dataset.pad].forEach((key) => sale.set(typed(sale.text, key)));
}

async function speak(language) {
  await words.speak(language);
  localStorage.setItem("language", language);
  for (const button of $("languages").children) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  $("amount-label").textContent = t("amount");
  $("keys-button").setAttribute("aria-label", t("keys"));
  $("languages").setAttribute("aria-label", t("language"));
  $("last").setAttribute("aria-label", t("last_sales"));
  draw();
}

function tickClock() {
  const off = state.clock?.off_s ?? 0;  // of a machine whose clock is wrong the server's time is shown
  $("clock").textContent = words.time(new Date(Date.now() + off * 1000).toISOString());
}

await speak(localStorage.getItem("language") ?? document.documentElement.lang);
keypad();
for (const button of $("languages").children) button.onclick = () => speak(button.dataset.language);
$("book").onclick = () => sale.book();
$("keys-button").onclick = COMMANDS.help;
$("staff-button").onclick = staff;
$("keys-dialog").addEventListener("keys", draw);
for (const id of ["find-dialog", "sales-dialog", "keys-dialog", "return-dialog", "staff-dialog", "card-dialog", "codes-dialog", "topup-dialog", "pieces-dialog", "gift-dialog"]) $(id).addEventListener("click", (event) => { if (event.target === $(id)) $(id).close(); });
$("question-dialog").addEventListener("cancel", (event) => { event.preventDefault(); decide("keep"); });
setInterval(tickClock, 5000);
tickClock();
listen("/events", TOPICS, { hear, fetchAll, take, lost: (lost) => { if (state.lost !== lost) { state.lost = lost; draw(); } } });
document.documentElement.dataset.ready = "true";
