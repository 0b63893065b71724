// The answers that came while the drawing was made, in the order of their arrival.

/** @import { Answer } from "../../shared/answers.js" */
/** @import { Point, Stroke } from "../../shared/strokes.js" */

/**
 * One answer, and the time of its arrival: milliseconds of drawing since the first answer.
 * @typedef {object} Moment
 * @property {Answer} answer
 * @property {number} time
 */

// A pause between two answers counts at most this many milliseconds, so that the timeline shows the drawing, not pauses.
const LONGEST_PAUSE = 200;
// Above this number of answers, every second one is left out: about 15 seconds of drawing.
const MAX_MOMENTS = 500;

export class Recording {
  /** @type {Moment[]} */
  moments = [];
  #arrival = 0;

  /**
   * Add an answer. The recording begins again with an answer to another drawing.
   * @param {Answer} answer
   * @param {number} now a time in milliseconds
   */
  add(answer, now) {
    const last = this.moments[this.moments.length - 1];
    const pause = Math.min(now - this.#arrival, LONGEST_PAUSE);
    this.#arrival = now;
    if (!last || !continues(last.answer.strokes, answer.strokes)) this.moments = [{ answer, time: 0 }];
    else if (last.answer.id === answer.id) last.answer = answer;
    else this.moments.push({ answer, time: last.time + pause });
    if (this.moments.length > MAX_MOMENTS) this.moments = this.moments.filter((_, index) => index % 2 === 0);
  }
}

/**
 * Return whether one drawing has become the other: by a stroke, by undo, or by erasing.
 * @param {Stroke[]} before
 * @param {Stroke[]} after
 */
function continues(before, after) {
  if (before.length === 0 || after.length === 0 || isDrawnAgain(before, after)) return false;
  if (isSame(before[0][0], after[0][0])) return true;
  const known = new Set(before.flat().map(String));
  return after.some((points) => points.some((point) => known.has(String(point))));
}

// Return whether the page draws the same example again: the last stroke is shorter than before. Undo removes whole
// strokes, and erasing ends a stroke at a point that it did not have.
/** @type {(before: Stroke[], after: Stroke[]) => boolean} */
function isDrawnAgain(before, after) {
  const [old, stroke] = [before[after.length - 1] ?? [], after[after.length - 1]];
  return stroke.length < old.length && isSame(stroke[0], old[0]) && isSame(stroke[stroke.length - 1], old[stroke.length - 1]);
}

/** @type {(one: Point, other: Point) => boolean} */
const isSame = ([x, y], [otherX, otherY]) => x === otherX && y === otherY;
