// Tells a scanner that types (a "keyboard wedge") from a person who types.
//
// A scan is a burst of keys that ends in Enter: every gap at most 200 ms, and either the scanner's own prefix or the
// shape of a code at a pace no hand reaches. Speed alone is not trusted: a busy till stretches single gaps tenfold.

const LONGEST_GAP_MS = 200, HAND_PACE_MS = 60;
const SHAPE = /^(?=.*[A-Za-z])[\x21-\x7e]{6,256}$|^[\x21-\x7e]{8,256}$/;
const AMOUNT = /^[0-9]+\.[0-9]{0,3}$/;  // quick fingers on a number block are no scanner

export class Wedge {
  /** prefix: the preamble that the scanner was set to send, or "". */
  constructor(prefix = "") {
    this.prefix = prefix;
    this.clear();
  }

  clear() {
    this.text = "";
    this.first = this.last = 0;
  }

  /** A printable key at `at` (ms). */
  key(character, at) {
    if (this.text && at - this.last > LONGEST_GAP_MS) this.clear();
    if (!this.text) this.first = at;
    this.text += character;
    this.last = at;
  }

  /** How many keys of the burst so far came before now; what they typed elsewhere can be taken back. */
  get length() {
    return this.text.length;
  }

  /** Enter at `at`: the code that was scanned, or null when a person was typing. */
  enter(at) {
    const { text, first, last } = this;
    this.clear();
    if (!text || at - last > LONGEST_GAP_MS) return null;
    if (this.prefix && text.startsWith(this.prefix)) return text.slice(this.prefix.length) || null;
    if (!SHAPE.test(text) || AMOUNT.test(text)) return null;
    return (last - first) / Math.max(1, text.length - 1) <= HAND_PACE_MS ? text : null;
  }
}

/** The character of a key event, also while an input method is on (then only its physical key is known). */
export function characterOf(event) {
  if (event.key.length === 1) return event.key;
  if (event.key !== "Process" && event.keyCode !== 229) return null;
  const found = /^(?:Digit|Numpad)([0-9])$|^Key([A-Z])$/.exec(event.code);
  if (found) return found[1] ?? found[2];
  return { NumpadDecimal: ".", Period: ".", Minus: "-" }[event.code] ?? null;
}
