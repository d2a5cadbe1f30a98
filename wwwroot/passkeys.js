// Passkeys. What the browser is asked for lies in a form, as JSON ([data-options]); what it answers goes out as a field of that form, and
// the page that follows is the server's. Forms stay hidden where the browser knows no passkeys. Words come from data attributes.

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
const text = buffer => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = credentials => credentials?.map(c => ({ ...c, id: bytes(c.id) }));

function asked(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  if (options.allowCredentials) options.allowCredentials = listed(options.allowCredentials);
  if (options.excludeCredentials) options.excludeCredentials = listed(options.excludeCredentials);
  return options;
}

function send(form, { id, type, response: r }) {
  const response = { clientDataJSON: text(r.clientDataJSON) };
  if (r.attestationObject) response.attestationObject = text(r.attestationObject);
  else Object.assign(response, { authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle) });
  form.elements[form.dataset.field].value = JSON.stringify({ id, rawId: id, type, response, clientExtensionResults: {} });
  form.submit();
}

// One at a time: what is offered in the name's field ends when the button is pressed.
let offered;

async function ask(form) {
  const told = form.querySelector("[data-passkey-failed]"), button = form.querySelector("button");
  offered?.abort();
  told.textContent = "";
  button.setAttribute("aria-busy", "true");
  try {
    send(form, await navigator.credentials[form.dataset.passkey]({ publicKey: asked(form) }));
  } catch (error) {
    told.textContent = error.name === "InvalidStateError" && told.dataset.passkeyKnown || told.dataset.passkeyFailed;
    button.removeAttribute("aria-busy");
  }
}

async function offer(form) {
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  offered = new AbortController();
  try {
    send(form, await navigator.credentials.get({ publicKey: asked(form), mediation: "conditional", signal: offered.signal }));
  } catch {
    // Nobody has asked for it yet: the button and the password are there.
  }
}

if (window.isSecureContext && window.PublicKeyCredential && navigator.credentials) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = part.dataset.passkey === "unknown";
  for (const form of document.querySelectorAll("form[data-options]")) {
    form.addEventListener("submit", event => { event.preventDefault(); ask(form); });
    if ("offer" in form.dataset) offer(form);
  }
}
