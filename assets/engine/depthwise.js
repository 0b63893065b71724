// Mirrors Keras's layer DepthwiseConv2D, with the activation after it.

/** @import { Kernel } from "./convolution.js" */
/** @import { Field } from "./field.js" */

/** A convolution in which each output reads one channel of the input. The activation limits its outputs. */
export class Depthwise {
  /**
   * @param {Kernel} weights in the order of kernel rows, kernel columns, inputs, and outputs of each input
   * @param {Field} input a field with the padding of the convolution
   * @param {Field} output
   * @param {number} low
   * @param {number} high
   */
  constructor(weights, input, output, low, high) {
    this.weights = weights;
    this.input = input;
    this.output = output;
    this.low = low;
    this.high = high;
  }

  forward() {
    const { weights: { kernel, bias, shape }, input, output, low, high } = this;
    const { floats, channels } = output;
    this.#eachPixel((row, column, taps) => {
      const sums = Float64Array.from(bias);
      for (const [y, x, first] of taps) {
        const from = input.at(y, x);
        for (let i = 0; i < channels; i++) sums[i] += floats[from + Math.floor(i / shape[3])] * kernel[first + i];
      }
      const to = output.at(row, column);
      for (let i = 0; i < channels; i++) floats[to + i] = Math.min(high, Math.max(low, sums[i]));
    });
  }

  /**
   * Compute the gradient of the input from that of the output.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    const { weights: { kernel, shape } } = this;
    const { floats } = to;
    to.clear();
    this.#eachPixel((row, column, taps) => {
      const given = from.at(row, column);
      for (const [y, x, first] of taps) {
        if (y < 0 || y >= to.height || x < 0 || x >= to.width) continue;
        const target = to.at(y, x);
        for (let i = 0; i < from.channels; i++) {
          floats[target + Math.floor(i / shape[3])] += floats[given + i] * kernel[first + i];
        }
      }
    });
  }

  // Call a function with each pixel of the output, and with the row, the column and the first weight of its taps.
  /** @param {(row: number, column: number, taps: [number, number, number][]) => void} visit */
  #eachPixel(visit) {
    const { weights: { shape: [rows, columns], stride: [down, across] }, input: { padding }, output } = this;
    for (let row = 0; row < output.height; row++) {
      for (let column = 0; column < output.width; column++) {
        /** @type {[number, number, number][]} */
        const taps = [];
        for (let tap = 0; tap < rows * columns; tap++) {
          const y = down * row + Math.floor(tap / columns) - padding.top;
          taps.push([y, across * column + (tap % columns) - padding.left, tap * output.channels]);
        }
        visit(row, column, taps);
      }
    }
  }
}
