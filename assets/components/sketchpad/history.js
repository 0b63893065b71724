// The history of a drawing, for undo and redo.

/** @import { Stroke } from "../../shared/strokes.js" */

/** A list of states, and the index of the current state. Each state is the list of strokes on the pad. */
export class History {
  /** @type {Stroke[][]} */
  #states = [[]];
  #index = 0;

  /** The strokes of the current state. */
  get strokes() {
    return this.#states[this.#index];
  }

  /**
   * Append a state after the current state. States that were undone are removed.
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
