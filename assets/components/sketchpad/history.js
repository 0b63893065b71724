// The history of a drawing, for undo and redo.

/** @import { Stroke } from "../../shared/strokes.js" */

/** A list of states, each a list of strokes, and the position of the current state. */
export class History {
  /** @type {Stroke[][]} */
  #states = [[]];
  #index = 0;

  /** The strokes of the current state. */
  get strokes() {
    return this.#states[this.#index];
  }

  /**
   * Append a state, in place of the states that were undone.
   * @param {Stroke[]} strokes
   */
  push(strokes) {
    this.#states = [...this.#states.slice(0, this.#index + 1), strokes];
    this.#index += 1;
  }

  /**
   * Replace the current state.
   * @param {Stroke[]} strokes
   */
  replace(strokes) {
    this.#states[this.#index] = strokes;
  }

  /**
   * Return whether there is a state to go to.
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
