// The designer, livelier: the card is drawn anew while one types, and the progress counts by itself. Every page works
// without this.

const PAUSE_MS = 300;
const AGAIN_MS = 3000;

// --- the preview ----------------------------------------------------------------------------------------------

const form = document.getElementById('designer');
const stage = document.getElementById('stage');
const own = { isDirty: false, isLeaving: false, timer: 0, request: null };

// Everything but pictures, which are taken in when the form itself is sent.
function typed() {
  const pairs = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
  const body = new URLSearchParams(pairs);
  body.set('act', 'live');
  return body;
}

async function draw() {
  own.request?.abort();
  own.request = new AbortController();
  const { signal } = own.request;
  try {
    const url = `/console/card/preview?lang=${document.documentElement.lang}`;
    const answer = await fetch(url, { method: 'POST', body: typed(), signal });
    // Whoever is signed out is led elsewhere.
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    stage.innerHTML = await answer.text();
    stage.removeAttribute('data-old');
  } catch {
    if (!signal.aborted) stage.setAttribute('data-old', '');
  }
}

function changed(event) {
  own.isDirty = true;
  if (event.target.type === 'file') {
    if (event.target.files.length > 0) form.requestSubmit(document.getElementById('show'));
    return;
  }
  clearTimeout(own.timer);
  own.timer = setTimeout(draw, PAUSE_MS);
}

if (form && stage) {
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('submit', () => { own.isLeaving = true; });
  // A page that the browser kept and shows again may have been left.
  addEventListener('pageshow', () => { own.isLeaving = false; });
  addEventListener('beforeunload', (event) => {
    if (own.isDirty && !own.isLeaving) event.preventDefault();
  });
}

// --- the progress ---------------------------------------------------------------------------------------------

const progress = document.getElementById('rollout');

async function lookAgain() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('rollout');
    if (!fresh) return;
    progress.innerHTML = fresh.innerHTML;
    if (fresh.dataset.over !== undefined) return;
  } catch {
    // Without a network what stood there stands on, and is asked for again.
  }
  setTimeout(lookAgain, AGAIN_MS);
}

if (progress && progress.dataset.over === undefined) setTimeout(lookAgain, AGAIN_MS);
