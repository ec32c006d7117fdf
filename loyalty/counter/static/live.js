// What the counter program tells, as it happens: server-sent events, or asking every two seconds where they are full.

const ASK_EVERY_MS = 2000;

/**
 * `hear(topic, data)` for each event; `fetchAll()` and `take(all)` for everything at once, at the start and after a gap;
 * `lost(bool)` when the counter is gone or back. What was fetched while something happened is old and fetched again.
 */
export function listen(url, topics, { hear, fetchAll, take, lost }) {
  let source, asking, heard = 0;
  async function ask() {
    try {
      for (let before = -1; before !== heard;) {
        before = heard;
        const all = await fetchAll();
        if (before === heard) take(all);
      }
      lost(false);
    } catch {
      lost(true);
    }
  }
  function connect() {
    source = new EventSource(url);
    for (const topic of topics) source.addEventListener(topic, (event) => { heard += 1; hear(topic, JSON.parse(event.data)); });
    source.addEventListener("resync", ask);
    source.onopen = () => { clearInterval(asking); asking = undefined; lost(false); };
    source.onerror = () => {
      if (!asking) asking = setInterval(ask, ASK_EVERY_MS);
      ask();
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, ASK_EVERY_MS);  // refused: all places taken
    };
  }
  ask();
  connect();
}

/** JSON in, JSON out; a refusal is thrown as its problem document. `unreachable` when the counter does not answer. */
export async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, { method, headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw { code: "unreachable", detail: "" };
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw { status: answer.status, code: "invalid", detail: "", ...data };
  return { status: answer.status, ...data };
}
