// Passkeys: what the server asks is passed on to the browser, and what the browser says goes back in a form. Without
// this script everything is done by password.

const canUse = window.isSecureContext && 'credentials' in navigator && 'PublicKeyCredential' in window;

const toBytes = (text) => {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const toText = (buffer) => {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

const known = (list) => list.map((one) => ({ ...one, id: toBytes(one.id) }));

async function ask(address) {
  const response = await fetch(address, { headers: { accept: 'application/json' }, credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

// A passkey that is there is shown.
async function show(address) {
  const { get } = await ask(address);
  const publicKey = {
    ...get,
    challenge: toBytes(get.challenge),
    allowCredentials: known(get.allowCredentials),
  };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  return JSON.stringify({
    id: toText(rawId),
    client_data: toText(response.clientDataJSON),
    authenticator_data: toText(response.authenticatorData),
    signature: toText(response.signature),
    user_handle: response.userHandle ? toText(response.userHandle) : null,
  });
}

// A new one is made.
async function make(address) {
  const { create } = await ask(address);
  const publicKey = {
    ...create,
    challenge: toBytes(create.challenge),
    user: { ...create.user, id: toBytes(create.user.id) },
    excludeCredentials: known(create.excludeCredentials),
  };
  const { rawId, response } = await navigator.credentials.create({ publicKey });
  return JSON.stringify({
    id: toText(rawId),
    client_data: toText(response.clientDataJSON),
    attestation: toText(response.attestationObject),
  });
}

// Fills a field by one of the above; whoever stops it, or has no such key, is told so beside the button.
async function fill(form, field, doing, then) {
  const fault = form.querySelector('[data-fault]');
  const buttons = form.querySelectorAll('button');
  if (fault) fault.hidden = true;
  buttons.forEach((one) => { one.disabled = true; });
  try {
    form.elements[field].value = await doing(form.dataset.options);
  } catch {
    if (fault) fault.hidden = false;
    return;
  } finally {
    buttons.forEach((one) => { one.disabled = false; });
  }
  then();
}

function begin() {
  const entry = document.getElementById('passkey');
  if (entry) {
    entry.hidden = false;
    entry.addEventListener('submit', (event) => {
      event.preventDefault();
      fill(entry, 'passkey', show, () => entry.submit());
    });
  }
  for (const button of document.querySelectorAll('button[data-prove]')) {
    button.hidden = false;
    const { form } = button;
    button.addEventListener('click', () => fill(form, 'passkey', show, () => form.requestSubmit()));
  }
  const maker = document.getElementById('passkey-new');
  if (maker) {
    maker.hidden = false;
    maker.addEventListener('submit', (event) => {
      event.preventDefault();
      fill(maker, 'made', make, () => maker.submit());
    });
  }
  for (const hint of document.querySelectorAll('[data-without]')) hint.hidden = true;
}

if (canUse) begin();
