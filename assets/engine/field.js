// Mirrors no Python module: the place of one layer's output in the memory of a network.

/** @import { Memory } from "./kernel.js" */

/**
 * The number of rows and columns of zeros around a field.
 * @typedef {{ top: number, left: number, bottom: number, right: number }} Padding
 */

/** @typedef {{ height: number, width: number, channels: number }} FieldShape */

/** @type {Padding} */
export const NO_PADDING = { top: 0, left: 0, bottom: 0, right: 0 };

const BLOCK = 8; // The kernel computes 8 channels at a time.

/** The outputs of a layer: height × width pixels, each with its channels side by side. */
export class Field {
  /**
   * @param {Memory} memory
   * @param {FieldShape} shape
   * @param {Padding} [padding]
   * @param {number} [depth] the number of numbers for a pixel: the channels, and zeros after them
   */
  constructor(memory, { height, width, channels }, padding = NO_PADDING, depth = BLOCK * Math.ceil(channels / BLOCK)) {
    this.memory = memory;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.depth = depth;
    this.padding = padding;
    this.rowStep = (width + padding.left + padding.right) * depth;
    this.size = (height + padding.top + padding.bottom) * this.rowStep;
    this.start = memory.reserve(this.size);
    /** The index of the first pixel. */
    this.origin = this.start + padding.top * this.rowStep + padding.left * depth;
  }

  get floats() {
    return this.memory.floats;
  }

  /**
   * Return the index of a pixel's first channel.
   * @type {(row: number, column: number) => number}
   */
  at(row, column) {
    return this.origin + row * this.rowStep + column * this.depth;
  }

  /**
   * Call a function with the index of each number, in the order of rows, columns and channels.
   * @param {(index: number, position: number) => void} visit `position` counts from 0
   */
  each(visit) {
    let position = 0;
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column++) {
        const pixel = this.at(row, column);
        for (let channel = 0; channel < this.channels; channel++) visit(pixel + channel, position++);
      }
    }
  }

  /**
   * Copy numbers into the field.
   * @param {ArrayLike<number>} values
   */
  set(values) {
    const { floats } = this;
    this.each((index, position) => {
      floats[index] = values[position];
    });
  }

  /** Return the numbers of the field. */
  values() {
    const { floats } = this;
    const values = new Float32Array(this.height * this.width * this.channels);
    this.each((index, position) => {
      values[position] = floats[index];
    });
    return values;
  }

  clear() {
    this.floats.fill(0, this.start, this.start + this.size);
  }
}
