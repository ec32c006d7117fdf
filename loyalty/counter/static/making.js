// Cards for many: how far the job at this counter is, and what the card in hand waits for.
import { t, trouble } from "./words.js";
import { bar, h, icon } from "./dom.js";
import { call } from "./live.js";

/** Part of the card's panel; null without a job. */
export function makingPart(state) {
  const job = state.making;
  if (!job) return null;
  const share = t("making_of", { done: job.done, cards: job.cards });
  const paused = job.status === "paused", card = paused && !job.card?.begun ? null : job.card;
  const button = (what, label, look = null) => h("button", { type: "button", class: look, "data-making": what, text: label });
  return h("div", { class: "making" },
    h("p", { class: "job" }, h("strong", { text: job.name }), h("span", { class: "soft number", text: share })),
    bar(job.cards ? job.done / job.cards : 0, share),
    h("p", { class: "stage", role: "status" }, icon("card", 20), h("span", { text: card ? `${card.member}: ${t(`making.${card.step ?? "telling"}`)}` : t(paused ? "making.paused" : "making.wait") })),
    job.trouble && h("p", { class: "stage trouble" }, icon("alert", 20), h("span", { text: trouble(job.cause, job.trouble, job.advice) })),
    job.halves && h("p", { class: "stage trouble halves", text: t("making_halves", { face: t(`half.${job.halves.face}`), stripe: t(`half.${job.halves.stripe}`) }) }),
    job.failed > 0 && h("p", { class: "soft small", text: t("making_failed", { count: job.failed, n: job.failed }) }),
    h("div", { class: "acts" }, paused ? button("resume", t("making_resume"), "primary") : button("pause", t("making_pause")), card && button("spoilt", t("making_spoilt"))));
}

/** Presses of these buttons, within `place`. */
export function wireMaking(place, told) {
  for (const button of place.querySelectorAll("[data-making]")) button.onclick = () => call("POST", `/making:${button.dataset.making}`).catch(told);
}
