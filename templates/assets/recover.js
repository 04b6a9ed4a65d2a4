// A card that is to be opened on this phone: shown as soon as somebody at the counter has let it.

import { waitAt } from './waiting.js';

const place = document.getElementById('waiting');
if (place) waitAt(place);
