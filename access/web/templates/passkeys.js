// Passkeys: asks the product for options, lets the device answer, and sends that as a form.
// What the forms say comes from the page, in the reader's language.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const written = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// Where the browser knows passkeys, and the address is a name: a number has none.
const possible = Boolean(window.PublicKeyCredential) && !/^(\[.*\]|[\d.]+)$/.test(location.hostname);

class Told extends Error {}

async function options(form, address, given) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(given) });
  const read = await answer.json();
  if (!answer.ok) throw new Told(read.problem);
  return read;
}

async function used(form) {
  const asked = await options(form, form.action, {});
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: [] };
  const made = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
  return answerOf(made, { clientDataJSON, authenticatorData, signature, userHandle });
}

async function added(form) {
  const asked = await options(form, form.dataset.begin, { password: form.elements.password.value });
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: asked.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
  };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = made.response;
  form.elements.password.value = ""; // it was asked for, and need not travel twice
  return answerOf(made, { clientDataJSON, attestationObject });
}

function answerOf(made, parts) {
  const response = Object.fromEntries(
    Object.entries(parts).filter(([, part]) => part).map(([name, part]) => [name, written(part)])
  );
  return JSON.stringify({ id: made.id, rawId: written(made.rawId), type: made.type, response });
}

function offer(form, ask) {
  form.hidden = false;
  const problem = document.getElementById("passkey-problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      form.elements.answer.value = await ask(form);
      form.submit();
    } catch (error) {
      problem.textContent = error instanceof Told ? error.message : form.dataset.nothing;
      problem.hidden = false;
      button.disabled = false;
    }
  });
}

for (const [id, ask] of [["passkey-use", used], ["passkey-add", added]]) {
  const form = document.getElementById(id);
  if (form && possible) offer(form, ask);
}
const lacking = document.getElementById("passkey-lacking");
if (lacking) lacking.hidden = possible;
