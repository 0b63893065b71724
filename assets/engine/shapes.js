// Mirrors Keras's layers Flatten, Reshape and ZeroPadding2D.

/** @import { Field } from "./field.js" */

/** The same numbers, in the same order, in another shape. */
export class Reshape {
  /**
   * @param {Field} input
   * @param {Field} output
   */
  constructor(input, output) {
    this.input = input;
    this.output = output;
  }

  forward() {
    this.output.set(this.input.values());
  }

  /**
   * Compute the gradient of the input from that of the output.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    to.set(from.values());
  }
}

/** The input with zeros around it. */
export class ZeroPadding {
  #top;
  #left;

  /**
   * @param {number} top number of rows of zeros above the input
   * @param {number} left
   * @param {Field} input
   * @param {Field} output
   */
  constructor(top, left, input, output) {
    this.#top = top;
    this.#left = left;
    this.input = input;
    this.output = output;
  }

  forward() {
    this.#copy(this.input, this.output, false);
  }

  /**
   * Compute the gradient of the input from that of the output.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    this.#copy(to, from, true);
  }

  // Copy the inner field into the middle of the outer one, or back.
  /** @type {(inner: Field, outer: Field, isBack: boolean) => void} */
  #copy(inner, outer, isBack) {
    const { floats } = inner;
    for (let row = 0; row < inner.height; row++) {
      for (let column = 0; column < inner.width; column++) {
        const [one, other] = [inner.at(row, column), outer.at(row + this.#top, column + this.#left)];
        const [from, to] = isBack ? [other, one] : [one, other];
        for (let channel = 0; channel < inner.channels; channel++) floats[to + channel] = floats[from + channel];
      }
    }
  }
}
