// Waiting for what somebody else does: a page names where it can be asked, and the answer where to go on.

const AGAIN_MS = 1500;

export function waitAt(place, found) {
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.ask, { headers: { accept: 'application/json' } });
      const { url } = answer.ok ? await answer.json() : {};
      if (url) {
        found?.();
        location.assign(url);
        return;
      }
    } catch {
      // It is asked again.
    }
    setTimeout(ask, AGAIN_MS);
  };
  ask();
}
