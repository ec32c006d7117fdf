// The panels around the sale: who is here, what they may have, their card, the devices.
import { amount, day, has, money, number, said, span, t, time } from "./words.js";
import { unclaimedPart } from "./cards.js";
import { hintLines } from "./hints.js";
import { makingPart } from "./making.js";
import { sold } from "./topup.js";
import { counted } from "./pieces.js";
import { bar, fill, h, icon, keyButton, levelBadge } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

/** Left: the member, or how to bring one. */
export function memberPanel(place, state, detach, keys) {
  if (state.member) fill(place, ...memberParts(state, keys), unclaimedPart(state));
  else if (state.unclaimed) fill(place, unclaimedPart(state));
  else if (state.credential) fill(place, ...strangerParts(state));
  else fill(place, waiting(state, keys));
  const button = place.querySelector(".detach");
  if (button) button.onclick = detach;
}

function waiting(state, keys) {
  const roles = new Set(state.devices.map((device) => device.role));
  const way = (sign, key) => h("li", {}, icon(sign, 24), h("span", { text: t(key, { key: keys.find }) }));
  return h("div", { class: "waiting" }, art(),
    h("h1", { text: state.identifying ? t("identifying") : t(roles.has("scanner") ? "scan_or_tap" : "tap_a_card") }),
    h("ul", { class: "ways" }, roles.has("card_reader") && way("tap", "way_tap"),
      way("code", "way_scan"), way("find", "way_find")));
}

function art() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 148 100");
  svg.setAttribute("class", "art");
  svg.setAttribute("aria-hidden", "true");
  const draw = (tag, look) => {
    const part = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(look)) part.setAttribute(key, value);
    svg.append(part);
  };
  draw("rect", { x: 8, y: 20, width: 92, height: 62, rx: 8, fill: "var(--accent-soft)", stroke: "var(--accent)", "stroke-width": 2 });
  draw("rect", { x: 8, y: 33, width: 92, height: 10, fill: "var(--accent)" });
  draw("rect", { x: 20, y: 56, width: 34, height: 6, rx: 3, fill: "var(--accent-line)" });
  draw("rect", { x: 20, y: 67, width: 20, height: 6, rx: 3, fill: "var(--accent-line)" });
  for (const [n, path] of ["M112 40a16 16 0 0 1 0 22", "M121 33a26 26 0 0 1 0 36", "M130 26a36 36 0 0 1 0 50"].entries())
    draw("path", { d: path, fill: "none", stroke: "var(--accent)", "stroke-width": 3, "stroke-linecap": "round", opacity: 1 - n * .3 });
  return svg;
}

function memberParts(state, keys) {
  const { member } = state;
  const wallets = Object.entries(member.wallets);
  const [, first] = wallets[0] ?? [null, { available: 0 }];
  const quote = state.sale?.quote;
  const earns = quote?.earned && Object.values(quote.earned)[0];
  return [
    h("button", { class: "quiet detach small", type: "button" }, h("kbd", { text: "Esc" })),
    h("h1", { class: `person${member.masked_name.length > 10 ? " long" : ""}`, text: member.masked_name }),
    h("p", { class: "who" }, member.tier && levelBadge(member.tier),
      member.tier?.since && h("span", { class: "soft small", text: t("since", { day: day(member.tier.since) }) }),
      h("span", { class: "soft small number", text: t("number", { number: member.number }) })),
    h("div", { class: "balance" },
      h("p", { class: "big number", text: amount(first.available, first) }),
      h("p", { class: "after number", text: Number(earns) > 0 ? t("after_sale", { points: amount(earns, first) }) : "" }),
      (wallets.length > 1 || sold(state) || counted(state)) && h("p", { class: "purses soft number" }, ...wallets.slice(1).map(([name, wallet]) =>
        h("span", { text: `${name}: ${wallet.kind === "count" ? number(wallet.available) : amount(wallet.available, wallet)}` })),
        sold(state) && keyButton("topup", keys, t("topup_short")), counted(state) && keyButton("visit", keys, t("visit_short")))),
    member.tier?.next && h("div", { class: "progress" },
      bar(member.tier.progress, t("to_next", { missing: missing(member.tier.next), name: member.tier.next.name })),
      h("p", { class: "soft small number", text: t("to_next", { missing: missing(member.tier.next), name: member.tier.next.name }) })),
    ...first.expiring?.slice(0, 1).map((row) => h("p", { class: "flag" }, icon("clock", 20),
      h("span", { text: t("expire", { points: amount(row.amount, first), day: day(row.on) }) }))) ?? [],
    hintLines(state),
    !member.fresh && h("p", { class: "asof soft small", text: t("as_of", { time: `${day(member.as_of)} ${time(member.as_of)}` }) }),
  ];
}

/** What is missing to the next level. Money in most shops; the programme's metric is not part of the member. */
export function missing(next) {
  return money(next.missing);
}

function strangerParts(state) {
  return [
    h("button", { class: "quiet detach small", type: "button" }, h("kbd", { text: "Esc" })),
    h("div", { class: "waiting" }, art(), h("h1", { text: t("card_noted", { ends: state.credential.ends }) }),
      h("p", { class: "soft", text: t("card_noted_why") })),
  ];
}

/** Right below: the card's face of today, and how far its rewriting is. */
export function cardPanel(place, state, keys, act) {
  const printer = state.devices.find((device) => device.role === "card_printer");
  const face = state.print_jobs.find((job) => job.kind === "face" && job.now && job.state !== "failed");
  const chores = state.print_jobs.filter((job) => job.reward || job.state === "failed" || (job.kind === "face" && !job.now && mine(job, state)));
  const url = state.member ? `/card.png?${new URLSearchParams({ of: state.member.as_of ?? "", at: state.last_outcome?.id ?? "", n: state.member.id })}` : null;
  fill(place, h("h2", {}, t("card_now"), keyButton("cards", keys, t("cards_short"))),
    url ? h("figure", { class: "face" }, h("img", { src: url, alt: t("card_now") }))
        : !state.making && h("div", { class: "face blank", text: t("card_none") }),
    makingPart(state),
    ...(printer && (face || (printer.cause === "take_card" && !state.making)) ? stages(printer, face, state) : []),
    chores.length > 0 && h("ul", { class: "chores" }, ...chores.slice(0, 2).map((job) => chore(job, state))));
  for (const button of place.querySelectorAll("[data-job]")) button.onclick = () => act(button.dataset.job, button.dataset.act, button.dataset.reward);
}

function mine(job, state) {
  return state.member && job.member_id === state.member.id;
}

/** With a face still to be printed, a card that is to be taken out is another one, or was put in too early. */
function stages(printer, face, state) {
  if (face && printer.cause === "take_card") return [h("p", { class: "stage trouble", role: "status" }, icon("alert", 20), h("span", { text: t("stage.take_out_first") }))];
  const at = { no_card: 0, printing_card: 1, take_card: 2 }[printer.cause];
  if (at === undefined) {
    const text = printer.cause ? advice(printer) : t("stage.no_card");
    return [h("p", { class: "stage trouble", role: "status" }, icon("alert", 20), h("span", { text }))];
  }
  const whose = face?.member && !mine(face, state) ? `${face.member}: ` : "";  // somebody else stands here by now, or nobody
  const mark = (n) => h("i", { class: n < at ? "done" : n === at ? "now" : null });
  return [h("div", { class: "steps", "aria-hidden": "true" }, mark(0), mark(1), mark(2)),
    h("p", { class: "stage", role: "status", text: `${whose}${t(`stage.${printer.cause}`)}` })];
}

function chore(job, state) {
  if (job.reward) return slip(job, state.devices.find((device) => device.role === "receipt_printer"));
  const key = job.state === "failed" ? (job.kind === "receipt" ? "receipt_failed" : "face_failed") : "face_old";
  const cause = job.trouble ? (has(`advice.${job.trouble}`) ? t(`advice.${job.trouble}`) : said(job.detail)) : "";
  const button = (what, label) => h("button", { type: "button", "data-job": job.id, "data-act": what, text: label });
  return h("li", {}, h("span", { text: [t(key, { member: job.member ?? "" }), cause].filter(Boolean).join(" ") }),
    h("span", { class: "acts" }, button("retry", t(job.kind === "receipt" ? "print_again" : "rewrite_card")), button("drop", t("drop"))));
}

/** The slip of a reward: its points are spent when it is out, or when the cashier says that the customer has it. */
function slip(job, printer) {
  const stuck = printer?.cause && printer.state !== "busy";
  const waits = job.state !== "printing" && (job.state === "failed" || job.trouble || stuck);
  const told = job.trouble ? (has(`advice.${job.trouble}`) ? t(`advice.${job.trouble}`) : said(job.detail)) : stuck ? advice(printer) : "";
  const cause = told && job.state !== "failed" ? `${told[0].toUpperCase()}${told.slice(1)}. ${t("slip_by_itself")}` : told;
  const button = (what, label) => h("button", { type: "button", "data-job": job.id, "data-reward": job.reward.id, "data-act": what, text: label });
  return h("li", { class: "slip" }, h("span", { text: [t(waits ? "slip_failed" : "slip_printing", { reward: job.reward.reward }), cause].filter(Boolean).join(" ") }),
    h("span", { class: "acts" }, job.state === "failed" && button("retry", t("print_again")), button("given", t("slip_given")), button("back", t("slip_back"))));
}

/** What a person should do about a device, in the screen's language where we have the words. */
export function advice(device) {
  if (device.own_advice) return said(device.own_advice);
  const key = `advice.${device.cause}`;
  return has(key) ? t(key) : said(device.advice) || t(`state.${device.state}`);
}

/** Bottom: every device in words, the server, the keys. */
export function statusBar(place, state, keys) {
  const unit = (device) => {
    const trouble = device.cause && device.state !== "busy" ? advice(device) : t(`state.${device.state}`);
    const what = has(`state.${device.cause}`) ? t(`state.${device.cause}`) : trouble;
    const says = device.state === "ready" ? t(`role.${device.role}`) : `${t(`role.${device.role}`)}: ${what}`;
    return h("span", { class: `unit ${device.state}${device.simulated ? " simulated" : ""}`, title: `${device.id} · ${device.profile} · ${what}${device.simulated ? ` · ${t("simulated")}` : ""}` },
      h("b", { "aria-hidden": "true" }), h("span", { text: says }), device.state === "ready" && h("span", { class: "sr", text: what }));
  };
  const link = state.link;
  const server = state.lost ? t("counter_lost") : link.online ? t("online") : t(has(`offline.${link.cause}`) ? `offline.${link.cause}` : "offline");
  const since = !state.lost && !link.online && state.clock?.heard_at ? ` · ${t("heard_at", { time: lately(state.clock.heard_at) })}` : "";
  const shown = [...state.devices].sort((one, other) => rank(other) - rank(one));
  fill(place, ...shown.map(unit),
    h("span", { class: `unit ${state.lost ? "offline" : link.online ? "ready" : "needs_person"}`, id: "link" }, h("b", { "aria-hidden": "true" }),
      h("span", { text: (link.pending ? `${server} · ${t("pending", { count: link.pending, n: link.pending })}` : server) + since })),
    state.clock?.wrong && h("span", { class: "unit needs_person", id: "clock-wrong" }, h("b", { "aria-hidden": "true" }), h("span", { text: t("clock_wrong", { by: span(Math.abs(state.clock.off_s)) }) })),
    h("span", { class: "keys" }, ...keys.map(([key, label, command]) => h("button", { type: "button", class: "quiet", "data-key": command }, h("kbd", { text: key }), ` ${label}`))));
}

/** The time of day, with the day unless it is today's. */
function lately(moment) {
  return day(moment) === day(new Date().toISOString()) ? time(moment) : `${day(moment)} ${time(moment)}`;
}

function rank(device) {
  return { offline: 3, fault: 3, needs_person: 2, busy: 1 }[device.state] ?? 0;
}

/** Whose sale it was, as the last sales name them. */
export function buyer(sale) {
  return sale.member ?? t(sale.without_card ? "without_card" : "somebody");
}

/** What it came to: money, or the pieces where no money moved. */
export function worth(sale) {
  return sale.pieces ? `${sale.pieces > 0 ? "+" : "−"}${Math.abs(sale.pieces)} ${sale.topup}` : money(sale.total);
}

/** Left below: the last three sales. */
export function lastPanel(place, { sales, topups }, keys) {
  fill(place, h("h2", {}, t("last_sales"), topups?.gifts ? keyButton("gift", keys, t("gift_short")) : "", h("kbd", { text: keys.sales })),
    sales.length
      ? h("ol", {}, ...sales.slice(0, 3).map((sale) => h("li", {}, h("span", { class: "soft number", text: time(sale.at) }),
          h("span", { class: "what" }, `${buyer(sale)} `, sale.state !== "booked" && h("span", { class: `tag ${sale.state}`, text: t(`sale.${sale.state}`) })),
          h("span", { class: "number", text: worth(sale) }))))
      : h("p", { class: "soft small", text: t("no_sales") }));
}
