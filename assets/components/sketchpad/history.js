// The history of a drawing, for undo and redo.

/** @import { Stroke } from "../../shared/strokes.js" */

/**
 * What is on the pad: strokes, or the object URL of a picture. Both are empty on a blank pad.
 * @typedef {object} Content
 * @property {Stroke[]} strokes
 * @property {string | null} picture
 */

/** @param {Content} content */
export const isBlank = ({ strokes, picture }) => strokes.length === 0 && !picture;

/** A list of states, and the index of the current state. */
export class History {
  /** @type {Content[]} */
  #states = [{ strokes: [], picture: null }];
  #index = 0;

  get current() {
    return this.#states[this.#index];
  }

  /**
   * Append a state after the current state. States that were undone are removed.
   * @param {Stroke[]} strokes
   * @param {string | null} [picture] the object URL of a picture that no earlier state has
   */
  push(strokes, picture = null) {
    for (const { picture } of this.#states.splice(this.#index + 1)) if (picture) URL.revokeObjectURL(picture);
    this.#index = this.#states.push({ strokes, picture }) - 1;
  }

  /**
   * Replace the current state.
   * @param {Stroke[]} strokes
   * @param {string | null} [picture]
   */
  replace(strokes, picture = null) {
    this.#states[this.#index] = { strokes, picture };
  }

  /** Return whether the pad is blank, and the step before it removed something. */
  isCleared() {
    return this.#index > 0 && isBlank(this.current) && !isBlank(this.#states[this.#index - 1]);
  }

  /**
   * Return whether `go` can make this step.
   * @param {-1 | 1} step -1 to undo, 1 to redo
   */
  has(step) {
    return this.#index + step in this.#states;
  }

  /** @param {-1 | 1} step */
  go(step) {
    this.#index += step;
  }
}
