// One sale at a time: typed, quoted, booked. Pressing again can never book twice.
import { money, t } from "./words.js";
import { fill, h } from "./dom.js";
import { call } from "./live.js";
import * as typing from "./amount.js";
import { best, quoteRows } from "./redeem.js";
import { notAnAmount, problemOf, whyNot } from "./outcome.js";

const FITS = 10;
const $ = (id) => document.getElementById(id);
const QUOTE_AFTER_MS = 180;
const SAY_AFTER_MS = 400, GROWING_MS = 1500;  // a scan is over by then, and a hand has typed on

export class Sale {
  /** `draw()` after every change; `show(result)` and `hide()` for what happened; `decided()` waits until it is known whose sale it is and what goes with it; false when part of that was refused. */
  constructor(state, { draw, show, hide, handOut, decided }) {
    Object.assign(this, { state, draw, show, hide, handOut, decided, text: "", id: null, busy: false, saying: false });
  }

  get amount() {
    return typing.read(this.text).value ?? null;
  }

  set(text) {
    if (text === this.text) return;
    const wait = this.text === "" ? 0 : QUOTE_AFTER_MS;  // from the first digit on, another card is a question
    this.text = text;
    this.saying = false;
    this.hide();
    this.draw();
    clearTimeout(this.waiting);
    const { trouble, growing } = typing.read(text);
    if (trouble) this.waiting = setTimeout(() => { this.saying = true; this.draw(); }, growing ? GROWING_MS : SAY_AFTER_MS);
    clearTimeout(this.quoting);
    this.quoting = setTimeout(() => call("POST", "/quote", { amount: this.amount ?? "" }).catch(() => {}), wait);
  }

  end() {
    clearTimeout(this.quoting);
    clearTimeout(this.waiting);
    Object.assign(this, { text: "", id: null, busy: false, saying: false });
  }

  /** Enter: the sale, or without an amount the rewards that are handed out. `claim`: nobody's, with a code on paper. */
  async book(claim = false) {
    if (this.busy) return;
    const { trouble } = typing.read(this.text);
    if (trouble) {
      this.saying = true;
      this.show(notAnAmount(this.text));
      return this.draw();
    }
    clearTimeout(this.quoting);
    this.busy = true;
    this.id ??= crypto.randomUUID();  // kept until there is an answer
    this.draw();
    try {
      if (!await this.decided() || !this.amount) {
        this.busy = false;
        if (this.hands && !this.amount) await this.handOut();
        return this.draw();
      }
      const answer = await call("POST", "/sales", { id: this.id, amount: this.amount, claim });
      if (answer.id === this.id) this.end();
    } catch (problem) {
      this.busy = false;
      if (problem.code !== "unreachable") this.id = null;
      this.show(problemOf(problem));
    }
    this.draw();
  }

  /** All that is chosen can be handed out without a sale. */
  get hands() {
    const chosen = this.state.chosen ?? [];
    return chosen.length > 0 && chosen.every((row) => row.handed && row.state === "held");
  }

  /** `keys`: what the keys are called. */
  drawInto(keys) {
    const { amount, state } = this, quote = state.sale?.quote;
    $("amount").value = typing.shown(this.text);
    $("amount").classList.toggle("empty", this.text === "");
    $("amount").classList.toggle("long", $("amount").value.length > FITS);
    $("currency").textContent = money(0).replace(/[\d.,\s]/g, "");
    const hint = this.hint(amount, quote, keys);
    $("amount-hint").textContent = hint.text;
    $("amount-hint").classList.toggle("alarm", Boolean(hint.alarm));
    fill($("quote"), ...(amount ? quoteRows(quote, amount, state.member?.wallets ?? {}) : []));
    const wrong = Boolean(typing.read(this.text).trouble), ready = !wrong && (amount || this.hands);
    const label = this.busy ? t("booking") : wrong ? t("amount_correct") : amount ? t("book", { amount: money(quote?.due ?? amount) })
      : this.hands ? t("hand_out", { reward: state.chosen.map((row) => row.reward).join(", ") }) : t("type_amount");
    fill($("book"), h("span", { text: label }), ready && !this.busy && h("kbd", { text: "Enter" }));
    $("book").disabled = !ready || this.busy;
    const nobody = amount && state.claims && !state.member && !state.credential && !state.identifying;
    $("claim").hidden = !nobody || this.busy;
    $("claim").textContent = t("claim");
    $("claim").onclick = () => this.book(true);
  }

  /** One line below the amount: what stands in the way, else the best that could be done for the member. */
  hint(amount, quote, keys) {
    const { state } = this, someone = state.member || state.credential;
    if (this.saying) return { text: whyNot(this.text), alarm: true };
    if (amount && !someone) return { text: t("who_first") };
    if (quote?.refused) return { text: t("quote_refused", { why: quote.why ?? "" }), alarm: true };
    if (amount && quote?.as_of) return { text: t("quote_as_of") };
    if (amount && state.served) return { text: t("second_sale", { name: state.member?.masked_name ?? "" }) };
    const offer = state.chosen?.length ? null : best(state);
    return { text: offer && !state.served ? t("best_reward", { key: keys.redeem, reward: offer.name }) : "" };
  }
}
