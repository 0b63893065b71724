// The drawing in the page's address. It is in the fragment, which browsers do not send to the server.

/** @import { Stroke } from "../../shared/strokes.js" */

import { firstPoints } from "../../shared/strokes.js";
import { decodeStrokes, linkTo } from "../../shared/link.js";

const KEY = "#drawing=";

export class PageAddress {
  /** @type {Stroke[] | null} the drawing that the pad has to show while the address holds a link */
  #strokes = null;
  // Whether the pad may still be drawing the link's strokes, as an animation.
  #isOpening = false;

  /**
   * Put a drawing into the address. Return the address, or null if the drawing does not fit.
   * @param {Stroke[]} strokes
   */
  show(strokes) {
    const link = linkTo(withoutFragment() + KEY, strokes);
    if (link) {
      history.replaceState(history.state, "", link);
      [this.#strokes, this.#isOpening] = [strokes, false];
    }
    return link;
  }

  /** Return the drawing in the address. Return null if there is none, and "damaged" if it cannot be read. */
  open() {
    if (!location.hash.startsWith(KEY.slice(0, -1))) return null;
    this.#strokes = location.hash.startsWith(KEY) ? decodeStrokes(location.hash.slice(KEY.length)) : null;
    this.#isOpening = true;
    if (this.#strokes) return this.#strokes;
    this.#clear(); // A long address would slow the page down.
    return "damaged";
  }

  /**
   * Remove the link from the address if the pad shows another drawing.
   * @param {Stroke[]} strokes the drawing on the pad
   */
  follow(strokes) {
    if (!this.#strokes) return;
    const [count, total] = [strokes, this.#strokes].map((some) => some.flat().length);
    const expected = this.#isOpening && count > 0 ? firstPoints(this.#strokes, count) : this.#strokes;
    if (JSON.stringify(strokes) !== JSON.stringify(expected)) this.#clear();
    else if (count === total) this.#isOpening = false;
  }

  #clear() {
    this.#strokes = null;
    history.replaceState(history.state, "", withoutFragment());
  }
}

const withoutFragment = () => location.href.split("#")[0];
