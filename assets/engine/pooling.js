// Mirrors Keras's pooling layers: the maximum or the mean of each window.

/** @import { Field } from "./field.js" */

/**
 * The windows of a pooling layer. `start`: the number of rows and columns by which the first window begins before the
 * input. The cells outside of the input do not count.
 * @typedef {{ size: number[], stride: number[], start: number[] }} Windows
 */

class Pooling {
  /**
   * @param {Windows} windows
   * @param {Field} input
   * @param {Field} output
   */
  constructor(windows, input, output) {
    this.windows = windows;
    this.input = input;
    this.output = output;
  }

  /**
   * Call a function with the row and the column of each output, and with the sides of its window in the input.
   * @param {(row: number, column: number, window: { top: number, bottom: number, left: number, right: number }) => void} visit
   */
  eachWindow(visit) {
    const { windows: { size, stride, start }, input, output } = this;
    for (let row = 0; row < output.height; row++) {
      for (let column = 0; column < output.width; column++) {
        const [top, left] = [row * stride[0] - start[0], column * stride[1] - start[1]];
        visit(row, column, {
          top: Math.max(0, top), bottom: Math.min(input.height, top + size[0]),
          left: Math.max(0, left), right: Math.min(input.width, left + size[1]),
        });
      }
    }
  }
}

/** The maximum of each window. */
export class MaxPooling extends Pooling {
  forward() {
    const { input, output } = this;
    const { floats, channels } = output;
    this.eachWindow((row, column, window) => {
      const to = output.at(row, column);
      floats.fill(-Infinity, to, to + channels);
      eachCell(window, (i, j) => {
        const from = input.at(i, j);
        for (let channel = 0; channel < channels; channel++) {
          if (floats[from + channel] > floats[to + channel]) floats[to + channel] = floats[from + channel];
        }
      });
    });
  }

  /**
   * Compute the gradient of the input from that of the output. The first largest input of a window gets it.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    const { input, output } = this;
    const { floats, channels } = output;
    to.clear();
    this.eachWindow((row, column, window) => {
      const [most, given] = [output.at(row, column), from.at(row, column)];
      const isGiven = new Uint8Array(channels);
      eachCell(window, (i, j) => {
        const [value, made] = [input.at(i, j), to.at(i, j)];
        for (let channel = 0; channel < channels; channel++) {
          if (isGiven[channel] || floats[value + channel] !== floats[most + channel]) continue;
          floats[made + channel] += floats[given + channel];
          isGiven[channel] = 1;
        }
      });
    });
  }
}

/** The mean of each window. */
export class AveragePooling extends Pooling {
  forward() {
    const { input, output } = this;
    const { floats } = output;
    this.eachWindow((row, column, window) => {
      const to = output.at(row, column);
      const sums = new Float64Array(output.channels);
      const count = eachCell(window, (i, j) => {
        const from = input.at(i, j);
        for (let channel = 0; channel < sums.length; channel++) sums[channel] += floats[from + channel];
      });
      for (let channel = 0; channel < sums.length; channel++) floats[to + channel] = sums[channel] / count;
    });
  }

  /**
   * Compute the gradient of the input from that of the output. All inputs of a window get the same part.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    const { floats } = to;
    to.clear();
    this.eachWindow((row, column, window) => {
      const given = from.at(row, column);
      const count = (window.bottom - window.top) * (window.right - window.left);
      eachCell(window, (i, j) => {
        const index = to.at(i, j);
        for (let channel = 0; channel < to.channels; channel++) floats[index + channel] += floats[given + channel] / count;
      });
    });
  }
}

// Call a function with each cell of a window, and return the number of cells.
/** @type {(window: { top: number, bottom: number, left: number, right: number }, visit: (row: number, column: number) => void) => number} */
function eachCell({ top, bottom, left, right }, visit) {
  for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) visit(i, j);
  return (bottom - top) * (right - left);
}
