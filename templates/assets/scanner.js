// Reads codes with the camera: in the browser where it can, else frame by frame on the server.
//
//   startCamera({ video, torch, cameras, onCode, onState }) -> { stop }
//
// `video` shows the picture. `torch` (a button) and `cameras` (a select) may be left out; they are shown where there is
// a light to switch, and more than one camera. onCode(text, symbology) is told a code once, until it was out of the
// picture for two seconds. onState(state, why) is told 'running', 'stopped', 'refused' (the person or the system said
// no) or 'none' (no camera, one that another program holds, or a page that is not served over TLS).

const FRAMES = '/till/frames';
const FORMATS = { qr_code: 'qr', aztec: 'aztec', pdf417: 'pdf417', code_128: 'code128' };
const SIDE_MAX = 960;
const BYTES_MAX = 256 * 1024;
const GONE_MS = 2000;
const PAUSE_MS = { least: 80, most: 1000 };
const TIMEOUT_MS = 5000;
const KEPT = 'billfold-camera';

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// A reader takes the video and gives { codes: [[text, symbology]], pause }; it throws if it cannot go on.
async function nativeReader() {
  try {
    const known = await globalThis.BarcodeDetector.getSupportedFormats();
    const formats = Object.keys(FORMATS);
    if (!formats.every((format) => known.includes(format))) return null;
    const detector = new globalThis.BarcodeDetector({ formats });
    return async (video) => {
      const found = await detector.detect(video);
      return { codes: found.map((one) => [one.rawValue, FORMATS[one.format]]), pause: PAUSE_MS.least };
    };
  } catch {
    return null; // Without a detector, or with one that only says it is there.
  }
}

function serverReader() {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  let quality = 0.75;
  const draw = async (video) => {
    const scale = Math.min(1, SIDE_MAX / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, 'image/jpeg', quality));
  };
  return async (video) => {
    const frame = await draw(video);
    if (!frame || frame.size > BYTES_MAX) {
      quality = Math.max(0.3, quality - 0.15);
      return { codes: [], pause: PAUSE_MS.least };
    }
    const begun = performance.now();
    let answer;
    try {
      answer = await fetch(FRAMES, {
        method: 'POST',
        headers: { 'content-type': 'image/jpeg' },
        body: frame,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      return { codes: [], pause: PAUSE_MS.most }; // No network for now: the next frame may get through.
    }
    if (answer.status === 401 || answer.status === 403) throw new Error('signed-out');
    if (!answer.ok) {
      const seconds = Number(answer.headers.get('retry-after')) || 1;
      return { codes: [], pause: Math.min(seconds * 1000, TIMEOUT_MS) };
    }
    const read = await answer.json();
    // As long as it took: a busy server is asked less often.
    const took = performance.now() - begun;
    const pause = Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, took));
    return { codes: read.text === null ? [] : [[read.text, read.symbology]], pause };
  };
}

const kept = {
  get() {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null; // A browser that keeps nothing asks anew each time.
    }
  },
  set(id) {
    try {
      if (id) localStorage.setItem(KEPT, id);
      else localStorage.removeItem(KEPT);
    } catch {
      // The same.
    }
  },
};

async function open() {
  const size = { width: { ideal: 1280 }, height: { ideal: 960 } };
  const id = kept.get();
  if (id) {
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { ...size, deviceId: { exact: id } } });
    } catch (fault) {
      if (fault.name !== 'OverconstrainedError' && fault.name !== 'NotFoundError') throw fault;
      kept.set(null); // That camera is not there any more.
    }
  }
  return navigator.mediaDevices.getUserMedia({ video: { ...size, facingMode: { ideal: 'environment' } } });
}

export function startCamera({ video, torch, cameras, onCode, onState }) {
  const seen = new Map();
  let stream = null;
  let run = 0; // Counts starts and stops: what was begun before the last one ends by itself.
  let isWanted = true;

  const tell = (text, symbology) => {
    const now = performance.now();
    const isNew = !(now - seen.get(text) < GONE_MS);
    for (const [old, at] of seen) if (now - at >= GONE_MS) seen.delete(old);
    seen.set(text, now);
    if (isNew) onCode(text, symbology);
  };

  const close = () => {
    run += 1;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    if (torch) torch.hidden = true;
  };

  const stop = (why) => {
    const wasOpen = stream !== null;
    close();
    if (wasOpen) onState('stopped', why);
  };

  const showTools = async (track) => {
    if (torch) {
      torch.hidden = !track.getCapabilities?.().torch;
      torch.setAttribute('aria-pressed', 'false');
    }
    if (!cameras) return;
    const all = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === 'videoinput');
    const current = track.getSettings().deviceId;
    cameras.replaceChildren(
      ...all.map((one, at) => new Option(one.label || String(at + 1), one.deviceId, false, one.deviceId === current)),
    );
    cameras.hidden = all.length < 2;
  };

  const look = async (own) => {
    const native = await nativeReader();
    let reader = native ?? serverReader();
    while (own === run) {
      let found = { codes: [], pause: PAUSE_MS.least };
      try {
        if (video.readyState >= 2 && video.videoWidth > 0) found = await reader(video);
      } catch (fault) {
        if (own !== run) return;
        if (reader !== native) return stop(fault.message);
        reader = serverReader();
      }
      if (own !== run) return;
      for (const [text, symbology] of found.codes) tell(text, symbology);
      await wait(found.pause);
    }
  };

  const start = async () => {
    close();
    const own = run;
    if (!navigator.mediaDevices?.getUserMedia) return onState('none', 'unknown');
    try {
      const opened = await open();
      if (own !== run) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      stream = opened;
      const [track] = opened.getVideoTracks();
      track.addEventListener('ended', () => own === run && stop('ended'));
      Object.assign(video, { muted: true, playsInline: true, srcObject: opened });
      await video.play();
      if (own !== run) return;
      onState('running');
      look(own);
      await showTools(track);
    } catch (fault) {
      if (own !== run) return;
      close();
      onState(fault.name === 'NotAllowedError' ? 'refused' : 'none', fault.name);
    }
  };

  const onVisibility = () => {
    if (!isWanted) return;
    if (document.hidden) stop('hidden');
    else if (stream === null) start();
  };
  const onTorch = () => {
    const isOn = torch.getAttribute('aria-pressed') !== 'true';
    const [track] = stream?.getVideoTracks() ?? [];
    track?.applyConstraints({ advanced: [{ torch: isOn }] }).then(
      () => torch.setAttribute('aria-pressed', String(isOn)),
      () => { torch.hidden = true; },
    );
  };
  const onChoice = () => {
    kept.set(cameras.value);
    start();
  };

  document.addEventListener('visibilitychange', onVisibility);
  torch?.addEventListener('click', onTorch);
  cameras?.addEventListener('change', onChoice);
  if (!document.hidden) start();

  return {
    stop() {
      isWanted = false;
      document.removeEventListener('visibilitychange', onVisibility);
      torch?.removeEventListener('click', onTorch);
      cameras?.removeEventListener('change', onChoice);
      stop('asked');
      close();
    },
  };
}
