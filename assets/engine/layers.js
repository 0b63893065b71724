// Mirrors Keras's layers Dense, BatchNormalization, ReLU and Rescaling.

/** @import { Field } from "./field.js" */

/** A dense layer. It reads the numbers of a field in the order of rows, columns and channels. */
export class Dense {
  /**
   * @param {Float32Array} kernel inputs × outputs numbers
   * @param {Float32Array} bias
   * @param {Field} input
   * @param {Field} output
   * @param {number} low the limits of the activation
   * @param {number} high
   */
  constructor(kernel, bias, input, output, low, high) {
    this.kernel = kernel;
    this.bias = bias;
    this.input = input;
    this.output = output;
    this.low = low;
    this.high = high;
  }

  forward() {
    const { kernel, bias, input, output, low, high } = this;
    const sums = Float64Array.from(bias);
    const { floats } = input;
    input.each((index, position) => {
      const value = floats[index];
      if (value === 0) return;
      const row = position * sums.length;
      for (let to = 0; to < sums.length; to++) sums[to] += value * kernel[row + to];
    });
    for (let to = 0; to < sums.length; to++) floats[output.origin + to] = Math.min(high, Math.max(low, sums[to]));
  }

  /**
   * Compute the gradient of the input from that of the output.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    const { floats } = to;
    const given = floats.slice(from.origin, from.origin + from.channels);
    to.each((index, position) => {
      let sum = 0;
      for (let i = 0; i < given.length; i++) sum += given[i] * this.kernel[position * given.length + i];
      floats[index] = sum;
    });
  }
}

/** Each number times the scale of its channel, plus the shift of its channel, limited to a range. */
export class Scaling {
  /**
   * @param {ArrayLike<number>} scale
   * @param {ArrayLike<number>} shift
   * @param {Field} input
   * @param {Field} output
   * @param {number} low
   * @param {number} high
   */
  constructor(scale, shift, input, output, low, high) {
    this.scale = scale;
    this.shift = shift;
    this.input = input;
    this.output = output;
    this.low = low;
    this.high = high;
  }

  forward() {
    const { scale, shift, input, output, low, high } = this;
    const { floats } = output;
    pairs(input, output, (from, to, channel) => {
      floats[to] = Math.min(high, Math.max(low, floats[from] * scale[channel] + shift[channel]));
    });
  }

  /**
   * Compute the gradient of the input from that of the output.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    const { floats } = to;
    pairs(from, to, (index, target, channel) => {
      floats[target] = floats[index] * this.scale[channel];
    });
  }
}

/**
 * Call a function with the index of each number in two fields with the same shape.
 * @type {(one: Field, other: Field, visit: (index: number, otherIndex: number, channel: number) => void) => void}
 */
export function pairs(one, other, visit) {
  for (let row = 0; row < one.height; row++) {
    for (let column = 0; column < one.width; column++) {
      const [index, otherIndex] = [one.at(row, column), other.at(row, column)];
      for (let channel = 0; channel < one.channels; channel++) visit(index + channel, otherIndex + channel, channel);
    }
  }
}
