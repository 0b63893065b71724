// Keep the drawing in the session storage of the tab, so that it survives a reload and a step back.
//
// Only this tab can read it, and the browser deletes it with the tab. If the storage is full or not available, the page
// works without it.

/** @import { Drawing } from "../shared/strokes.js" */

import { parseStrokes } from "../shared/drawing_json.js";
import { withinLimits } from "../shared/strokes.js";
import { reducedPicture } from "./pictures.js";

const STORAGE_KEY = "digit-drawing";
const PICTURE = /^data:(image\/[\w.+-]+);base64,/;
// Milliseconds without a change until the drawing is stored. While the pen moves, storing would delay the answer.
const STORE_AFTER = 500;

// A link to a drawing is shown in place of the kept drawing. main.js runs this line before the component for links can
// remove a damaged link from the address.
export const isOpenedByLink = location.hash.startsWith("#drawing");

export class KeptDrawing {
  /** @type {Drawing | null} the drawing that is not stored yet */
  #waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  constructor() {
    addEventListener("pagehide", () => this.#store());
  }

  /**
   * Store the drawing when it has not changed for some time, or when the visitor leaves the page. Forget a blank drawing
   * at once.
   * @param {Drawing} drawing
   */
  keep(drawing) {
    clearTimeout(this.#timer);
    this.#waiting = drawing;
    if (!drawing.strokes?.length) write(null); // A picture can only be stored later, because reading it takes time.
    this.#timer = setTimeout(() => this.#store(), STORE_AFTER);
  }

  /**
   * Return the drawing that was on the pad before a reload. Return null if there is none, or if a link was opened. A
   * picture has a new object URL.
   * @returns {Drawing | null}
   */
  restored() {
    const stored = isOpenedByLink ? null : read();
    if (!stored) return null;
    try {
      return PICTURE.test(stored) ? { picture: toAddress(stored) } : { strokes: parseStrokes(stored) };
    } catch {
      return null; // Another page of this site has stored something else.
    }
  }

  async #store() {
    clearTimeout(this.#timer);
    const drawing = this.#waiting;
    this.#waiting = null;
    if (drawing?.strokes?.length) return write(JSON.stringify({ strokes: withinLimits(drawing.strokes) }));
    if (!drawing?.picture) return;
    this.#waiting = drawing;
    const address = await toDataUrl(drawing.picture);
    if (this.#waiting !== drawing) return; // The pad has changed while the picture was read.
    this.#waiting = null;
    write(address);
  }
}

/** @param {string | null} value null removes the value */
function write(value) {
  try {
    sessionStorage.removeItem(STORAGE_KEY); // If the new value does not fit, no old value may stay.
    if (value !== null) sessionStorage.setItem(STORAGE_KEY, value);
  } catch {
    // The storage is full, or the browser's settings forbid it.
  }
}

function read() {
  try {
    return sessionStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

// Return the picture that is sent to the server as a data: URL, or null if the browser cannot read the picture.
/** @type {(address: string) => Promise<string | null>} */
async function toDataUrl(address) {
  try {
    const picture = await reducedPicture(address);
    return await new Promise((done) => {
      const reader = new FileReader();
      reader.addEventListener("loadend", () => done(/** @type {string | null} */ (reader.result)));
      reader.readAsDataURL(picture);
    });
  } catch {
    return null;
  }
}

/** @param {string} dataUrl */
function toAddress(dataUrl) {
  const [prefix, type] = /** @type {RegExpExecArray} */ (PICTURE.exec(dataUrl));
  const bytes = Uint8Array.from(atob(dataUrl.slice(prefix.length)), (character) => character.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type }));
}
