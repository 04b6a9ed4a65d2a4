// What a till keeps in the browser: purchases that are not sent yet, and what it last knew of the cards it saw.
//
// A purchase is stored before it is sent and forgotten when it was answered. Its id is the browser's own, and the
// service takes each id once, so that sending again after a lost answer counts nothing twice. Purchases are sent one
// after the other in the order in which they were made, by one page at a time.

const NAME = 'billfold-till';
const CARDS_MAX = 500;
const TIMEOUT_MS = 8000;

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('purchases', { keyPath: 'order', autoIncrement: true });
      request.result.createObjectStore('cards', { keyPath: 'scanned' }).createIndex('at', 'at');
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

// One transaction over one store; done when it is on disk.
async function inStore(name, mode, work) {
  const database = await open();
  try {
    return await new Promise((done, fail) => {
      const transaction = database.transaction(name, mode, { durability: 'strict' });
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => done(request?.result);
      transaction.onabort = () => fail(transaction.error);
      transaction.onerror = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const list = () => inStore('purchases', 'readonly', (store) => store.getAll());
export const add = (purchase) => inStore('purchases', 'readwrite', (store) => store.add(purchase));
export const forget = (order) => inStore('purchases', 'readwrite', (store) => store.delete(order));
export const replace = (purchase) => inStore('purchases', 'readwrite', (store) => store.put(purchase));
export const findCard = (scanned) => inStore('cards', 'readonly', (store) => store.get(scanned));

export async function keepCard(card) {
  await inStore('cards', 'readwrite', (store) => store.put(card));
  const count = await inStore('cards', 'readonly', (store) => store.count());
  if (count <= CARDS_MAX) return;
  await inStore('cards', 'readwrite', (store) => {
    let left = count - CARDS_MAX;
    store.index('at').openKeyCursor().onsuccess = (event) => {
      const cursor = event.target.result;
      if (!cursor || left === 0) return;
      store.delete(cursor.primaryKey);
      left -= 1;
      cursor.continue();
    };
  });
}

export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

// Sends a purchase. Says { done } with the service's answer, { refused } with its reason, or { later } if it could not
// be sent now and stays; { signedOut } is the same, for want of somebody who is signed in.
export async function send(purchase, token, language) {
  const fields = {
    token,
    form: purchase.id,
    scanned: purchase.scanned,
    amount: purchase.amount,
    paid_at: purchase.at,
  };
  let answer;
  try {
    answer = await fetch(`/till/orders?lang=${language}`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (answer.ok) return { done: await answer.json() };
    if (answer.status === 401) return { signedOut: true, later: true };
    if (answer.status === 429 || answer.status >= 500) return { later: true };
    const problem = await answer.json();
    // A form of an earlier session is as good with the token of this one.
    if (problem.code === 'bad_form_token') return { signedOut: true, later: true };
    return { refused: problem.detail };
  } catch {
    return { later: true };
  }
}

async function readState() {
  try {
    const answer = await fetch('/till/state', {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: 'no-store',
    });
    return answer.ok ? await answer.json() : { signedOut: answer.status === 401 };
  } catch {
    return null;
  }
}

// Sends all that waits, oldest first, until one cannot be sent. Says whether there is a network.
export async function sendAll(language, onChange) {
  if (!navigator.locks) return sendInTurn(language, onChange);
  return navigator.locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? sendInTurn(language, onChange) : true));
}

async function sendInTurn(language, onChange) {
  const waiting = (await list()).filter((one) => !one.refused);
  if (waiting.length === 0) return true;
  const state = await readState();
  if (state === null) return false;
  if (!state.token) return true;
  for (const purchase of waiting) {
    const said = await send(purchase, state.token, language);
    if (said.later) return said.signedOut === true;
    if (said.done) await forget(purchase.order);
    else await replace({ ...purchase, refused: said.refused });
    onChange();
  }
  return true;
}
