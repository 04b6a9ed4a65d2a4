// Lets the till start without a network. What stands above this line are FILES, the files that never change under
// their names, and VERSION, which names them all.

const KEPT = `billfold-till-${VERSION}`;
const SHELL = '/till/offline';
const PATIENCE_MS = 4000;

self.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(KEPT);
    await cache.addAll([...FILES, SHELL]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  const clear = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith('billfold-till-') && name !== KEPT).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // Without a network, or with one that is too slow for a counter.
  }
  const shell = await (await caches.open(KEPT)).match(SHELL, { ignoreSearch: true });
  return shell ?? Response.error();
}

async function file(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && (pathname === '/till' || pathname === '/till/card')) {
    event.respondWith(page(request));
  } else if (pathname.startsWith('/assets/')) {
    event.respondWith(file(request));
  }
});
