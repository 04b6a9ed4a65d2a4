// The till's pages, livelier: the camera and scanners, points while the amount is typed, sounds, and work without a
// network. Every page works without this; what it does beyond needs it.

import { waitAt } from './waiting.js';
import { startCamera } from './scanner.js';
import { listenForWedge } from './wedge.js';
import * as queue from './queue.js';

const PREVIEW_MS = 150;
const AGAIN_MS = 15000;
const OFFLINE = '/till/offline';

const words = document.getElementById('words').dataset;
const language = document.documentElement.lang;
// The digits in which the service writes: Latin ones in Arabic too.
const count = (number) => number.toLocaleString(language === 'ar' ? 'ar-u-nu-latn' : language);
const byId = (id) => document.getElementById(id);
const withLanguage = (path) => `${path}${path.includes('?') ? '&' : '?'}lang=${language}`;
const cardAddress = (text) => withLanguage(`/till/card?code=${encodeURIComponent(text)}`);

// --- sounds: two tones up for what was done, one low for what was not -------------------------------------------

function sound(isGood) {
  try {
    const context = new AudioContext();
    for (const [at, pitch] of isGood ? [[0, 660], [0.09, 880]] : [[0, 220]]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.15, context.currentTime + at);
      volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + at + 0.18);
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + at + 0.2);
    }
  } catch {
    // A browser that lets no page sound before it was touched: colour and words say the same.
  }
}

// --- what was done, or not -----------------------------------------------------------------------------------

function tell(kind, text) {
  document.querySelectorAll('main > .outcome:not([data-stays])').forEach((old) => old.remove());
  const outcome = document.createElement('div');
  outcome.className = `outcome ${kind}`;
  outcome.setAttribute('role', kind === 'bad' ? 'alert' : 'status');
  const sentence = document.createElement('p');
  sentence.textContent = text;
  outcome.append(sentence);
  document.querySelector('main').prepend(outcome);
  sound(kind !== 'bad');
  return outcome;
}

// What the service answered, before the page that shows it whole has come.
function showDone({ text, balance }) {
  const outcome = tell('good', text);
  outcome.dataset.soon = '';
  const shown = document.querySelector('.holder .balance strong');
  if (shown) shown.textContent = count(balance);
}

// --- the queue ------------------------------------------------------------------------------------------------

async function showQueue() {
  const place = byId('queue');
  if (!place) return;
  const all = await queue.list();
  const waiting = all.filter((one) => !one.refused);
  byId('queue-count').textContent = waiting.length === 0 ? '' : words.waiting.replace('#', count(waiting.length));
  const refused = all.filter((one) => one.refused).map((one) => {
    const line = document.createElement('li');
    const text = document.createElement('span');
    text.textContent = `${one.name || one.scanned} · ${one.amount}: ${one.refused}`;
    const button = document.createElement('button');
    button.className = 'second small';
    button.type = 'button';
    button.textContent = words.dismiss;
    button.addEventListener('click', async () => {
      await queue.forget(one.order);
      showQueue();
    });
    line.append(text, button);
    return line;
  });
  byId('queue-refused').replaceChildren(...refused);
  place.hidden = all.length === 0;
}

async function sync() {
  const isOnline = await queue.sendAll(language, showQueue);
  await showQueue();
  return isOnline;
}

// --- a purchase ---------------------------------------------------------------------------------------------------

function watchPurchase(form) {
  const isTraining = document.querySelector('.training') !== null;
  const amount = form.elements.amount;
  const preview = byId('preview');
  let timer = 0;
  let asked = 0;
  amount.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asked += 1;
      const own = asked;
      const fields = new URLSearchParams({ scanned: form.elements.scanned.value, amount: amount.value, lang: language });
      try {
        const answer = await fetch(`/till/preview?${fields}`, { headers: { accept: 'application/json' } });
        const said = answer.ok ? (await answer.json()).text : '';
        if (own === asked) preview.textContent = said;
      } catch {
        if (own === asked) preview.textContent = words.offline;
      }
    }, PREVIEW_MS);
  });
  if (isTraining) return;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    if (button.disabled) return;
    button.disabled = true;
    const purchase = {
      id: form.elements.form.value || queue.newId(),
      scanned: form.elements.scanned.value,
      amount: amount.value,
      name: document.querySelector('.holder h1')?.textContent ?? '',
      at: new Date().toISOString(),
    };
    try {
      purchase.order = await queue.add(purchase);
    } catch {
      // A browser that keeps nothing sends at once or not at all.
      form.submit();
      return;
    }
    // What waits goes first, so that everything is sent in its order.
    const others = (await queue.list()).some((one) => !one.refused && one.order < purchase.order);
    const said = others ? { later: true } : await queue.send(purchase, form.elements.token?.value ?? '', language);
    if (said.done) {
      showDone(said.done);
      await queue.forget(purchase.order);
      location.assign(said.done.url);
      return;
    }
    button.disabled = false;
    if (said.refused) {
      await queue.forget(purchase.order);
      tell('bad', said.refused);
      amount.focus();
      amount.select();
      return;
    }
    tell('wait', words.queued);
    form.elements.form.value = '';
    amount.value = '';
    await showQueue();
    sync();
  });
}

// What is known of a card, for when there is no network.
function rememberCard() {
  const holder = document.querySelector('.holder');
  const form = document.querySelector('form.purchase');
  if (!holder || !form || document.body.dataset.offline) return;
  const card = {
    scanned: form.elements.scanned.value,
    name: holder.querySelector('h1').textContent,
    balance: holder.querySelector('.balance strong').textContent,
    at: Date.now(),
  };
  queue.keepCard(card).catch(() => {}); // Where nothing is kept, nothing is shown without a network.
}

// --- the page for when there is no network -----------------------------------------------------------------------

async function showOffline() {
  document.querySelector('.offline-home').hidden = false;
  if (location.pathname !== '/till/card') return;
  const scanned = new URLSearchParams(location.search).get('code') ?? '';
  if (scanned === '') return;
  const panel = document.querySelector('.offline-card');
  panel.hidden = false;
  document.querySelector('.offline-home').hidden = true;
  document.querySelector('form.purchase').elements.scanned.value = scanned;
  const known = await queue.findCard(scanned).catch(() => undefined);
  panel.querySelector('h1').textContent = known?.name ?? scanned;
  if (!known) return;
  const at = new Date(known.at).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  panel.querySelector('.stale').textContent = words.stale.replace('#', known.balance).replace('@', at);
}

// --- keys, camera, scanners ------------------------------------------------------------------------------------

function go(text) {
  location.assign(cardAddress(text));
  sound(true);
}

function showEye() {
  const eye = byId('eye');
  if (!eye) return;
  const [video, torch, cameras] = ['video', 'torch', 'cameras'].map((id) => byId(id));
  const said = byId('eye-said');
  startCamera({
    video,
    torch,
    cameras,
    onCode: go,
    onState(state) {
      eye.hidden = state !== 'running';
      said.textContent = { refused: words.refused, none: words.none }[state] ?? '';
    },
  });
}

// What opens does not open behind the foot of the page.
for (const reward of document.querySelectorAll('details')) {
  reward.addEventListener('toggle', () => reward.open && reward.scrollIntoView({ block: 'nearest' }));
}
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') byId('next')?.click();
});
listenForWedge(go);
if (document.body.dataset.offline) showOffline();
showEye();
const purchase = document.querySelector('form.purchase');
if (purchase) watchPurchase(purchase);
rememberCard();
const joining = byId('joining');
if (joining) waitAt(joining, () => sound(true));
if (document.querySelector('.outcome.bad')) sound(false);

const again = async () => {
  const isOnline = await sync().catch(() => false);
  // A page for when there is no network has done its work when there is one.
  if (isOnline && document.body.dataset.offline && navigator.onLine && (await queue.list()).every((one) => one.refused)) {
    if (!purchase?.elements.amount.value) {
      const answer = await fetch('/till/state', { headers: { accept: 'application/json' } }).catch(() => null);
      // Under an address of its own it would only come again.
      if (answer && location.pathname === OFFLINE) location.replace('/till');
      else if (answer) location.reload();
    }
  }
};
addEventListener('online', again);
setInterval(again, AGAIN_MS);
again();

navigator.serviceWorker?.register('/till/worker.js', { scope: '/till' }).catch(() => {}); // Without it the till needs a network.
