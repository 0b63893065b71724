// Animate a drawing that the page sets on the pad. The drawing's points appear one after the other.

/** @import { Stroke } from "../../shared/strokes.js" */
/** @import { Sketchpad } from "./sketchpad.js" */

import { firstPoints } from "../../shared/strokes.js";

const DURATION = 900; // Milliseconds.

export class Replay {
  #start;
  #duration;
  #count = 0;

  /**
   * @param {Stroke[]} strokes
   * @param {number} start the current time, in milliseconds
   * @param {boolean} animated false shows the whole drawing at once
   */
  constructor(strokes, start, animated) {
    this.strokes = strokes;
    this.#start = start;
    this.#duration = animated ? DURATION : 0;
  }

  /**
   * Return the strokes to show, or null if they have not changed since the last call.
   * @param {number} time in milliseconds
   */
  advance(time) {
    const count = Math.ceil(((time - this.#start) / this.#duration) * this.strokes.flat().length);
    if (count === this.#count) return null;
    this.#count = count;
    return firstPoints(this.strokes, count);
  }

  /** @param {number} time in milliseconds */
  isOver(time) {
    return time - this.#start >= this.#duration;
  }
}

/**
 * Show an animation on the pad, until it is over or the pad does something else.
 * @type {(pad: Sketchpad, replay: Replay) => void}
 */
export function play(pad, replay) {
  requestAnimationFrame(() => {
    if (pad.state.replay !== replay) return;
    const now = performance.now();
    if (replay.isOver(now)) return pad.begin();
    const strokes = replay.advance(now);
    if (strokes) {
      pad.history.replace(strokes);
      pad.change();
    }
    play(pad, replay);
  });
}
