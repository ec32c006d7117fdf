// The right side of the bench beside the thing itself: self-test, settings, profile with its sources, history, support.
import { has, said, t } from "./words.js";
import { fill, h } from "./dom.js";
import { call } from "./live.js";

export const TABS = ["thing", "test", "profile", "history"];
let about = null, test = null, of = null, failure = "", asked = 0, newest = 0;

const path = (rest) => `/bench/devices/${encodeURIComponent(of)}/${rest}`;
const words = (key, otherwise) => (has(key) ? t(key) : otherwise);

/** What the device with this id is and how its last test went; `draw` is called when it is here. */
export async function learn(id, draw) {
  const fresh = id !== of;
  of = id;
  if (fresh) about = test = null;
  const turn = ++asked;
  const [profile, result] = await Promise.all([call("GET", path("about")), call("GET", path("check"))]).catch(() => [null, null]);
  if (of !== id || turn < newest) return;  // a later answer was quicker
  newest = turn;
  about = profile ?? about;
  test = result ?? test;
  draw();
}

export function drawTest(place, device, again) {
  if (!test) return fill(place);
  const act = async (rest, body) => {
    failure = "";
    await call("POST", path(rest), body).catch((problem) => { failure = problem.detail; });
    again();
  };
  fill(place,
    h("h2", { text: t("bench.test") }),
    h("p", { class: "soft small", text: t(device.simulated ? "bench.test_simulated" : "bench.test_real") }),
    h("button", { type: "button", "data-act": "start", class: "main", disabled: test.running, text: t(test.running ? "bench.testing" : "bench.start_test") }),
    (failure || test.trouble) && h("p", { class: "alarm", role: "alert", text: said(failure || test.trouble) }),
    test.asks && h("div", { class: "asks", role: "alert" }, h("p", { text: said(test.asks) }),
      test.question && h("button", { type: "button", "data-act": "yes", text: t("bench.yes") }),
      test.question && h("button", { type: "button", "data-act": "no", text: t("bench.no") })),
    test.held !== null && h("p", { class: test.held ? "good" : "alarm", role: "status", text: t(test.held ? "bench.held" : "bench.not_held") }),
    test.held !== null && h("p", {}, h("a", { href: path("check/report.html"), target: "_blank", text: t("bench.report") })),
    test.steps.length > 0 && h("ol", { class: `steps${device.simulated ? " simulated" : ""}`, "aria-label": t("bench.test") }, ...test.steps.filter((step) => step.cause !== "not_tried").map(stepRow)));
  const acts = { start: () => act("check", {}), yes: () => act("check/answer", { good: true }), no: () => act("check/answer", { good: false }) };
  for (const element of place.querySelectorAll("[data-act]")) element.onclick = acts[element.dataset.act];
}

function stepRow(step) {
  const mark = { held: "✓", failed: "✗", skipped: "–" }[step.result];
  return h("li", { class: step.result },
    h("b", { "aria-hidden": "true", text: mark }),
    h("span", {}, h("span", { text: words(`step.${step.name}`, step.title) }), h("span", { class: "visually-hidden", text: ` (${t(`bench.step_${step.result}`)})` }),
      step.result === "failed" && h("span", { class: "small", text: step.seen }),
      step.result === "failed" && h("span", { class: "small strong", text: said(step.advice) })));
}

export function drawProfile(place, device, again) {
  if (!about) return fill(place);
  fill(place,
    h("h2", { text: said(`${about.vendor} ${about.model}`) }),
    h("p", { class: "small", text: about.capabilities.map(said).join(" · ") }),
    h("p", { class: "soft small", text: about.notes }),
    about.options.length > 0 && h("form", { class: "settings" }, h("h2", { text: t("bench.settings") }), ...about.options.map(field),
      h("p", { class: "soft small", text: t("bench.settings_stay") }),
      failure && h("p", { class: "alarm", role: "alert", text: failure }),
      h("button", { type: "submit", text: t("bench.apply") })),
    h("h2", { text: t("bench.facts") }),
    h("dl", { class: "facts" }, ...about.facts.flatMap((fact) => [
      h("dt", { text: fact.name }),
      h("dd", { class: fact.verified === "unverified" ? "doubt" : null }, h("code", { text: shortly(fact.value) }),
        h("span", { class: "small soft", text: `${fact.verified}: ${fact.source}` }))])));
  const form = place.querySelector("form");
  if (form) form.onsubmit = async (event) => {
    event.preventDefault();
    failure = "";
    about = await call("POST", path("settings"), given(form)).catch((problem) => { failure = problem.detail; return about; });
    again();
  };
}

function field(option) {
  const id = `option-${option.fact.replace(".", "-")}`;
  const input = option.kind === "choice"
    ? h("select", { id, name: option.fact }, ...option.choices.map((choice) => h("option", { value: String(choice), selected: choice === option.value, text: String(choice) })))
    : h("input", { id, name: option.fact, type: { number: "number", switch: "checkbox" }[option.kind] ?? "text", step: "any", min: option.least, max: option.most,
        checked: option.kind === "switch" && option.value, value: option.kind === "switch" ? null : String(option.value) });
  return h("p", {}, h("label", { for: id, text: option.fact }), input, h("span", { class: "small soft", text: said(option.help) }));
}

/** What was changed in the form. */
function given(form) {
  const changed = {};
  for (const option of about.options) {
    const input = form.elements[option.fact];
    const value = option.kind === "switch" ? input.checked : option.kind === "number" ? Number(input.value) : input.value;
    if (String(value) !== String(option.value)) changed[option.fact] = value;
  }
  return changed;
}

export function drawHistory(place, device) {
  if (!about) return fill(place);
  fill(place,
    h("h2", { text: t("bench.history") }),
    h("ol", { class: "states" }, ...about.states.map((state) => h("li", { class: state.state },
      h("time", { datetime: state.at, text: state.at.slice(11, 19) }), h("span", { text: t(`state.${state.state}`) }),
      h("span", { class: "small soft", text: state.cause ? words(`advice.${state.cause}`, words(`state.${state.cause}`, state.cause)) : "" })))),
    h("h2", { text: t("bench.support") }),
    h("p", { class: "small soft", text: t("bench.support_what") }),
    h("p", {}, h("a", { href: path("support.zip"), download: `support-${device.id}.zip`, text: t("bench.support_get") })));
}

function shortly(value) {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 78)} …` : text;
}
