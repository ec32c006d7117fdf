// Passkeys: the browser makes or uses a key, the server checks what it signed. Nothing is kept here.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function ask(address, body, token) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
  return { status: answer.status, said: (await answer.json()).response ?? {} };
}

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

async function make(form, token) {
  const name = new FormData(form).get("name").trim();
  const start = form.dataset.passkeyAdd;
  const { status, said } = await ask(start, { name, usage: "first" }, token);
  if (status === 401 && said.reauth_required) {
    location.assign(form.dataset.again);
    return;
  }
  if (status !== 200) throw new Error((said.errors ?? [])[0]);
  const options = said.credential_options;
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  });
  const credential = {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    response: {
      attestationObject: toText(made.response.attestationObject),
      clientDataJSON: toText(made.response.clientDataJSON),
      transports: made.response.getTransports?.() ?? [],
    },
  };
  const kept = await ask(`${start}/${said.wan_state}`, { credential: JSON.stringify(credential) }, token);
  if (kept.status !== 200) throw new Error((kept.said.errors ?? [])[0]);
  location.reload();
}

async function use(form, token) {
  const start = form.dataset.passkeyUse;
  const { status, said } = await ask(start, {}, token);
  if (status !== 200) throw new Error((said.errors ?? [])[0]);
  const options = said.credential_options;
  const found = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
  const credential = {
    id: found.id,
    rawId: toText(found.rawId),
    type: found.type,
    response: {
      authenticatorData: toText(found.response.authenticatorData),
      clientDataJSON: toText(found.response.clientDataJSON),
      signature: toText(found.response.signature),
      userHandle: found.response.userHandle ? toText(found.response.userHandle) : null,
    },
  };
  const query = location.search;
  const opened = await ask(`${start}/${said.wan_state}${query}`, { credential: JSON.stringify(credential) }, token);
  if (opened.status !== 200) throw new Error((opened.said.errors ?? [])[0]);
  location.assign(opened.said.post_login_url ?? "/");
}

for (const form of document.querySelectorAll("[data-passkey-add], [data-passkey-use]")) {
  const fault = form.querySelector("[data-fault]");
  if (!window.PublicKeyCredential) {
    form.hidden = true;
    continue;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.hidden = true;
    const token = new FormData(form).get("csrf_token");
    try {
      await (form.dataset.passkeyAdd ? make(form, token) : use(form, token));
    } catch {
      fault.textContent = form.dataset.failed;
      fault.hidden = false;
    }
  });
}
