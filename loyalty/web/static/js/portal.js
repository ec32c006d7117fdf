// Keeps the pass fresh. Without this file the page still shows a code and a button for the next one.
const box = document.getElementById("pass-code");
const stale = document.getElementById("pass-stale");
let asking = false;

async function renew() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(box.dataset.next, { redirect: "error", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const picture = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
    box.replaceChildren(document.importNode(picture, true));
    stale.hidden = true;
    box.classList.remove("old");
  } catch {
    stale.hidden = false;
    box.classList.add("old");
  } finally {
    asking = false;
  }
}

if (box) {
  setInterval(renew, Number(box.dataset.every) * 1000);
  document.addEventListener("visibilitychange", renew); // a phone out of a pocket must not show an old code
  window.addEventListener("pageshow", (event) => event.persisted && renew());
}
