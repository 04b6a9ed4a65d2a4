// Takes what a USB or Bluetooth scanner types, wherever the focus is: listenForWedge(onCode) -> stop()
//
// A scanner types many keys, each less than 35 ms after the last, and ends with Enter, Tab or a pause. What a person
// types is slower and stays theirs; a key that is held down repeats as fast, and says that it repeats.

const GAP_MS = 35;
const END_MS = 100; // How long after its last letter a scanner may send its Enter or Tab.
const LATE_MS = 250; // Such a key that comes even later is the scanner's still, and does nothing.
const LENGTH = { least: 6, most: 512 };

// With another layout than the scanner's the keys make other letters; their places on the board are what it meant.
const PLACES = { Minus: '-_', Equal: '=+', Slash: '/?', Period: '.>', Comma: ',<', Semicolon: ';:', Space: '  ' };

function letterOf(event) {
  const { key, code, shiftKey } = event;
  if (key.length === 1 && key >= ' ' && key <= '~') return key;
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  if (letter) return shiftKey ? letter : letter.toLowerCase();
  const [, digit] = /^(?:Digit|Numpad)([0-9])$/.exec(code) ?? [];
  if (digit && !shiftKey) return digit;
  return PLACES[code]?.[shiftKey ? 1 : 0] ?? null;
}

// What a field holds before the scanner types into it.
function holdField() {
  let field = document.activeElement;
  while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
  if (!field || !('value' in field) || field instanceof HTMLButtonElement) return () => {};
  const { value, selectionStart, selectionEnd } = field;
  return () => {
    if (field.value === value) return;
    field.value = value;
    // Fields for numbers and addresses have no selection.
    if (selectionStart !== null && field.setSelectionRange) field.setSelectionRange(selectionStart, selectionEnd);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
}

export function listenForWedge(onCode) {
  let letters = '';
  let last = -Infinity;
  let told = -Infinity;
  let putBack = () => {};
  let timer = 0;

  const forget = () => {
    clearTimeout(timer);
    letters = '';
  };
  const finish = (at) => {
    const text = letters;
    forget();
    if (text.length < LENGTH.least || text.length > LENGTH.most) return false;
    told = at;
    putBack();
    onCode(text);
    return true;
  };
  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const onKey = (event) => {
    const at = event.timeStamp;
    if (event.key === 'Enter' || event.key === 'Tab') {
      const isScan = letters !== '' && at - last <= END_MS && finish(at);
      if (isScan || at - told <= LATE_MS) swallow(event);
      else forget();
      return;
    }
    if (['Shift', 'AltGraph', 'CapsLock'].includes(event.key)) return;
    const isCommand = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState('AltGraph');
    const letter = isCommand || event.repeat || event.isComposing ? null : letterOf(event);
    if (letter === null) return forget();
    if (at - last > GAP_MS || letters === '') {
      letters = '';
      putBack = holdField();
    }
    letters += letter;
    last = at;
    // A space in the midst of a code would press the button that has the focus, or scroll.
    if (letter === ' ' && letters.length > 1 && !('value' in event.target && event.target.type !== 'submit')) {
      event.preventDefault();
    }
    clearTimeout(timer);
    // Twice, since keys that wait to be heard come before the second one.
    timer = setTimeout(() => {
      timer = setTimeout(() => finish(performance.now()));
    }, END_MS);
  };

  document.addEventListener('keydown', onKey, true);
  return () => {
    forget();
    document.removeEventListener('keydown', onKey, true);
  };
}
