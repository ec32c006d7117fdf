// A till of another make that types its receipts into this page: from its own first sign to Enter, nothing else hears it.
import { call } from "./live.js";

const PAUSE_MS = 1500, LONGEST = 500;
const till = document.querySelector("meta[name=typing-till]");
let line = "", at = 0;

/** Keys of the line in hand; true when the key was the till's. */
function hears(event) {
  if (line && event.timeStamp - at > PAUSE_MS) line = "";  // somebody pressed that sign by hand
  at = event.timeStamp;
  if (!line) {
    if (event.key !== till.dataset.start) return false;
    line = event.key;
    return true;
  }
  if (event.key === "Enter") {
    call("POST", `/tills/${till.content}/lines`, { line }).catch(() => {});  // what went wrong the counter shows here itself
    line = "";
  } else if (event.key.length === 1 && line.length < LONGEST) line += event.key;
  return true;
}

if (till) window.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && hears(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
