// Tells a scanner that types (a "keyboard wedge") from a person who types.
//
// A scan is a burst of keys that ends in Enter: every gap at most 200 ms, and either the scanner's own prefix or the
// shape of a code at a pace no hand reaches. Speed alone is not trusted: a busy till stretches single gaps tenfold.

const LONGEST_GAP_MS = 200, HAND_PACE_MS = 60;
const SHAPE = /^(?=.*[A-Za-z])[\x21-\x7e]{6,256}$|^[\x21-\x7e]{8,256}$/;
const AMOUNT = /^[0-9]+\.[0-9]{0,3}$|^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{0,3})?$/;  // quick fingers on a number block are no scanner

export class Wedge {
  /** prefix: the preamble that the scanner was set to send, or "". */
  constructor(prefix = "") {
    this.prefix = prefix;
    this.keys = [];
  }

  /** A printable key at `at` (ms). `before`: what stood in the field before it, to be put back should this be a scan. */
  key(character, at, before) {
    if (this.keys.length && at - this.keys.at(-1).at > LONGEST_GAP_MS) this.keys = [];
    this.keys.push({ character, at, before });
  }

  /** Enter at `at`: {code, before} of what was scanned, or null when a person was typing. */
  enter(at) {
    const keys = this.keys;
    this.keys = [];
    if (!keys.length || at - keys.at(-1).at > LONGEST_GAP_MS) return null;
    const start = this.prefix ? keys.map((key) => key.character).join("").lastIndexOf(this.prefix) : firstOfScan(keys);
    if (start < 0) return null;
    const scan = keys.slice(start), text = scan.map((key) => key.character).join("");
    if (this.prefix) return text.length > this.prefix.length ? { code: text.slice(this.prefix.length), before: scan[0].before } : null;
    if (!SHAPE.test(text) || AMOUNT.test(text)) return null;
    const pace = (scan.at(-1).at - scan[0].at) / Math.max(1, scan.length - 1);
    return pace <= HAND_PACE_MS ? { code: text, before: scan[0].before } : null;
  }
}

/** Keys that a hand typed just before the scan came: at least two slow gaps in a row. One slow gap is a busy till. */
function firstOfScan(keys) {
  let slow = 0;
  while (slow + 1 < keys.length && keys[slow + 1].at - keys[slow].at > HAND_PACE_MS) slow += 1;
  return slow >= 2 ? slow : 0;
}

/** The character of a key event, also while an input method is on (then only its physical key is known). */
export function characterOf(event) {
  if (event.code === "NumpadDecimal") return ".";  // some layouts print a comma on it
  if (event.key.length === 1) return event.key;
  if (event.key !== "Process" && event.keyCode !== 229) return null;
  const found = /^(?:Digit|Numpad)([0-9])$|^Key([A-Z])$/.exec(event.code);
  if (found) return found[1] ?? found[2];
  return { Period: ".", Comma: ",", Minus: "-" }[event.code] ?? null;
}
