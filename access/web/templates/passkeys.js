// Passkeys: requests options from the product, lets the device respond, and sends that as a form.
// The texts come from the page, in the reader's language.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// Whether the browser supports passkeys and the address is a name (an IP address cannot have passkeys).
const isSupported = Boolean(window.PublicKeyCredential) && !/^(\[.*\]|[\d.]+)$/.test(location.hostname);

class ServerProblem extends Error {}

async function options(address, values) {
  const response = await fetch(address, { method: "POST", body: new URLSearchParams(values) });
  const content = await response.json();
  if (!response.ok) throw new ServerProblem(content.problem);
  return content;
}

async function authenticate(form) {
  const received = await options(form.action, {});
  const publicKey = { ...received, challenge: bytes(received.challenge), allowCredentials: [] };
  const credential = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return responseOf(credential, { clientDataJSON, authenticatorData, signature, userHandle });
}

async function register(form) {
  const received = await options(form.dataset.begin, { password: form.elements.password.value });
  const publicKey = {
    ...received,
    challenge: bytes(received.challenge),
    user: { ...received.user, id: bytes(received.user.id) },
    excludeCredentials: received.excludeCredentials.map((key) => ({ ...key, id: bytes(key.id) })),
  };
  const credential = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = credential.response;
  form.elements.password.value = ""; // it need not be sent twice
  return responseOf(credential, { clientDataJSON, attestationObject });
}

function responseOf(credential, parts) {
  const response = Object.fromEntries(
    Object.entries(parts).filter(([, part]) => part).map(([name, part]) => [name, base64url(part)])
  );
  return JSON.stringify({ id: credential.id, rawId: base64url(credential.rawId), type: credential.type, response });
}

function offer(form, respond) {
  form.hidden = false;
  const problem = document.getElementById("passkey-problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      form.elements.answer.value = await respond(form);
      form.submit();
    } catch (error) {
      problem.textContent = error instanceof ServerProblem ? error.message : form.dataset.nothing;
      problem.hidden = false;
      button.disabled = false;
    }
  });
}

for (const [id, respond] of [["passkey-use", authenticate], ["passkey-add", register]]) {
  const form = document.getElementById(id);
  if (form && isSupported) offer(form, respond);
}
const lacking = document.getElementById("passkey-lacking");
if (lacking) lacking.hidden = isSupported;
