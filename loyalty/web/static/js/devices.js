// Keeps what is shown of devices fresh without moving what is being read: each part marked data-live is replaced in its
// place and only when it changed; a part that holds the focus or a selection waits. Without this file: load anew.
const EVERY_MS = 5000;
const news = document.getElementById("fleet-news");
const live = document.getElementById("live");

const ids = (root) => [...root.querySelectorAll("[data-watched] [data-live]")].map((part) => part.id).join("\n");

function busy(part) {
  const chosen = getSelection();
  const held = chosen && !chosen.isCollapsed && chosen.rangeCount > 0 && chosen.getRangeAt(0).intersectsNode(part);
  return held || part.contains(document.activeElement);
}

function keepOpen(old, fresh) {
  const before = old.querySelectorAll("details");
  const after = fresh.querySelectorAll("details");
  if (before.length === after.length) before.forEach((one, place) => (after[place].open = one.open));
}

function take(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (!other || busy(part)) continue;
    keepOpen(part, other);
    if (other.outerHTML === part.outerHTML) continue;
    if ("sayChange" in part.dataset && live) live.textContent = other.textContent.trim();
    part.replaceWith(document.importNode(other, true));
  }
  if (news) news.hidden = ids(document) === ids(fresh);
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // the server is away: what is shown stays, and the next look comes soon
    }
  }
  setTimeout(look, EVERY_MS);
}

if (document.querySelector("[data-watched]")) setTimeout(look, EVERY_MS);

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(text); // no clipboard without https: chosen, to be copied by key
    }
  });
}
