// The cashier's screen: keys and scans in, one sale at a time, everything else as the counter tells it.
import * as words from "./words.js";
import { money, t } from "./words.js";
import { fill, h } from "./dom.js";
import { call, listen } from "./live.js";
import { Wedge, characterOf } from "./wedge.js";
import * as typing from "./amount.js";
import { cardPanel, lastPanel, memberPanel, rewardsPanel, statusBar } from "./panels.js";
import { problemOf, resultOf } from "./outcome.js";
import { findDialog, keysDialog, questionDialog, salesDialog } from "./dialogs.js";

const $ = (id) => document.getElementById(id);
const TOPICS = ["member", "outcome", "device", "print", "link"];
const QUOTE_AFTER_MS = 180, RESULT_MS = 4000, TROUBLE_MS = 7000;
const wedge = new Wedge(localStorage.getItem("scanner-prefix") ?? "");
const state = { member: null, credential: null, sale: null, devices: [], print_jobs: [], link: { online: true, pending: 0 }, sales: [], lost: false };
const sale = { text: "", id: null, busy: false };
let quoting, hiding, seenOutcome, seenNotice, deciding = false;

// what the counter tells
async function fetchAll() {
  const [fresh, { sales: rows }] = await Promise.all([call("GET", "/state"), call("GET", "/sales")]);
  return { ...fresh, sales: rows };
}

function take(fresh) {
  const { devices, print_jobs, link, sales, last_outcome } = fresh;
  Object.assign(state, { devices, print_jobs, link, sales, last_outcome });
  adopt(fresh);
  if (!sale.text && fresh.sale?.amount && !fresh.sale.committing) sale.text = fresh.sale.amount;
  if (seenOutcome === undefined) seenOutcome = keyOf(fresh.last_outcome);
  draw();
}

/** The till as the counter shows it; views may arrive in another order than they were made. */
function adopt(till) {
  if (till.turn < state.turn) return;
  Object.assign(state, till);
  if (deciding) state.question = null;
}

function hear(topic, data) {
  if (topic === "member") adopt(data);
  else if (topic === "outcome") showOutcome(data);
  else state[{ device: "devices", print: "print_jobs", link: "link" }[topic]] = data;
  if (topic === "member") showNotice();
  draw();
}

function showOutcome(outcome) {
  state.last_outcome = outcome;
  call("GET", "/sales").then((found) => { state.sales = found.sales; draw(); }, () => {});
  if (keyOf(outcome) === seenOutcome) return;
  seenOutcome = keyOf(outcome);
  if (outcome.command === "record_purchase" && outcome.id === sale.id) endSale();
  showResult(resultOf(outcome));
}

function keyOf(outcome) {
  return outcome ? `${outcome.id} ${outcome.command} ${outcome.status}` : null;
}

function showNotice() {
  const notice = state.notice && `${state.notice.code} ${state.notice.detail}`;
  if (notice && notice !== seenNotice) showResult(problemOf(state.notice));
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

// the sale
function setAmount(text) {
  if (text === sale.text) return;
  const wait = sale.text === "" ? 0 : QUOTE_AFTER_MS;  // from the first digit on, another card is a question
  sale.text = text;
  hideResult();
  draw();
  clearTimeout(quoting);
  quoting = setTimeout(() => call("POST", "/quote", { amount: typing.value(text) ?? "" }).catch(() => {}), wait);
}

function endSale() {
  Object.assign(sale, { text: "", id: null, busy: false });
}

async function book() {
  const amount = typing.value(sale.text);
  if (!amount || sale.busy) return;
  clearTimeout(quoting);
  sale.busy = true;
  sale.id ??= crypto.randomUUID();  // kept until there is an answer: pressing again can never book twice
  draw();
  try {
    const answer = await call("POST", "/sales", { id: sale.id, amount });
    if (answer.id === sale.id) endSale();
  } catch (problem) {
    sale.busy = false;
    if (problem.code !== "unreachable") sale.id = null;
    showResult(problemOf(problem));
  }
  draw();
}

async function undo(id) {
  try {
    await call("POST", `/sales/${encodeURIComponent(id)}:undo`);
  } catch (problem) {
    showResult(problemOf(problem));
  }
}

const identify = (body) => call("POST", "/identify", body).catch((problem) => { if (problem.code === "unreachable") showResult(problemOf(problem)); });
const scanned = (code) => identify({ token: code });
const detach = () => { endSale(); hideResult(); call("DELETE", "/member").catch((problem) => showResult(problemOf(problem))); draw(); };
async function decide(answer) {
  deciding = true;
  state.question = null;
  draw();
  const till = await call("POST", "/question", { answer }).catch(() => null);
  deciding = false;
  if (till) adopt(till);
  draw();
}
const onJob = (id, act) => call("POST", `/print-jobs/${id}:${act}`).catch((problem) => showResult(problemOf(problem)));
const find = () => findDialog($("find-dialog"), wedge, (member) => identify({ member }), scanned);
const sales = () => salesDialog($("sales-dialog"), undo, (id) => onJob(id, "retry"));
const COMMANDS = { F2: find, F4: sales, F9: () => state.question && decide("switch"), "?": () => keysDialog($("keys-dialog")) };

// keys: anywhere on the page, whatever has the focus
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const dialog = document.querySelector("dialog[open]");
  if (COMMANDS[event.key] && (!dialog || event.key === "F9")) {
    event.preventDefault();
    return COMMANDS[event.key]();
  }
  const character = characterOf(event);
  if (character) wedge.key(character, event.timeStamp, sale.text);
  if (dialog) return dialogKey(dialog, event);
  if (character) {
    event.preventDefault();
    if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();  // Enter means this sale now
    setAmount(typing.typed(sale.text, character));
  } else if (event.key === "Enter") enter(event);
  else if (event.key === "Backspace") setAmount(sale.text.slice(0, -1));
  else if (event.key === "Delete") setAmount("");
  else if (event.key === "Escape") detach();
}, true);

function enter(event) {
  const scan = wedge.enter(event.timeStamp);
  if (scan) {
    event.preventDefault();
    setAmount(scan.before);  // what the scanner typed was never meant for the amount
    scanned(scan.code);
  } else if (!(document.activeElement instanceof HTMLButtonElement)) {
    event.preventDefault();
    book();
  }
}

function dialogKey(dialog, event) {
  if (event.key === "Enter" && document.activeElement?.tagName !== "INPUT") {
    const scan = wedge.enter(event.timeStamp);
    if (scan) { event.preventDefault(); if (dialog.id !== "question-dialog") dialog.close(); scanned(scan.code); }
  }
  if (event.key === "Escape" && dialog.id === "question-dialog") { event.preventDefault(); decide("keep"); }
}

// drawing
function draw() {
  memberPanel($("member"), state, detach);
  rewardsPanel($("rewards"), state);
  cardPanel($("card"), state, onJob);
  lastPanel($("last"), state.sales);
  statusBar($("status"), state, [["F2", t("find_short")], ["F4", t("last_short")], ["?", t("help_short")]]);
  for (const button of $("status").querySelectorAll("[data-key]")) button.onclick = COMMANDS[button.dataset.key];
  drawSale();
  const dialog = $("question-dialog");
  if (state.question) questionDialog(dialog, state, decide);
  else if (dialog.open) dialog.close();
}

function drawSale() {
  const amount = typing.value(sale.text), quote = state.sale?.quote;
  $("amount").value = typing.shown(sale.text);
  $("amount").classList.toggle("empty", sale.text === "");
  $("currency").textContent = money(0).replace(/[\d.,\s]/g, "");
  const someone = state.member || state.credential;
  $("amount-hint").textContent = amount && !someone ? t("who_first") : amount && state.served ? t("second_sale", { name: state.member?.masked_name ?? "" }) : "";
  const row = (name, label, value) => h("div", { class: name }, h("dt", { text: label }), h("dd", { class: "number", text: value }));
  fill($("quote"), ...(amount ? [
    Number(quote?.discount) > 0 && row("off", t("offers"), `−${money(quote.discount)}`),
    row("due", t("to_pay"), money(quote?.due ?? quote?.total ?? amount)),
  ] : []));
  const label = !amount ? t("type_amount") : sale.busy ? t("booking") : t("book", { amount: money(quote?.due ?? amount) });
  fill($("book"), h("span", { text: label }), amount && !sale.busy && h("kbd", { text: "Enter" }));
  $("book").disabled = !amount || sale.busy;
}

function keypad() {
  const keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "00", "0", "."];
  fill($("keypad"), ...keys.map((key) => h("button", { type: "button", "data-pad": key, tabindex: "-1", text: key })));
  for (const button of $("keypad").children)
    button.onclick = () => setAmount([...button.dataset.pad].reduce(typing.typed, sale.text));
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
  $("clock").textContent = words.time(new Date().toISOString());
}

await speak(localStorage.getItem("language") ?? document.documentElement.lang);
keypad();
for (const button of $("languages").children) button.onclick = () => speak(button.dataset.language);
$("book").onclick = book;
$("keys-button").onclick = COMMANDS["?"];
for (const id of ["find-dialog", "sales-dialog", "keys-dialog"]) $(id).addEventListener("click", (event) => { if (event.target === $(id)) $(id).close(); });
$("question-dialog").addEventListener("cancel", (event) => { event.preventDefault(); decide("keep"); });
setInterval(tickClock, 5000);
tickClock();
listen("/events", TOPICS, { hear, fetchAll, take, lost: (lost) => { if (state.lost !== lost) { state.lost = lost; draw(); } } });
document.documentElement.dataset.ready = "true";
