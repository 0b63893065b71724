// Mirrors model/inference/features.py: the features of images, and the bank of known images.

/** @import { StoredArray } from "./half.js" */

import { numbersOf } from "./half.js";
import { largest, rint } from "./numeric.js";

export const FEATURES = 128;

/**
 * The description of a file of features.
 * @typedef {object} SpaceDescription
 * @property {StoredArray} mean
 * @property {StoredArray} matrix inputs × FEATURES numbers
 * @property {{ offset: number, count: number }} bank count × FEATURES signed bytes
 * @property {{ offset: number, count: number }} classes
 * @property {string} network the short hash of the network
 */

/** The principal components of one network, and the bank. */
export class FeatureSpace {
  #matrix;
  #offset;

  /**
   * @param {SpaceDescription} description
   * @param {ArrayBuffer} file
   */
  constructor({ mean, matrix, bank, classes, network }, file) {
    this.#matrix = numbersOf(file, matrix);
    this.#offset = this.#projected(numbersOf(file, mean));
    this.bank = new Int8Array(file, bank.offset, bank.count * FEATURES);
    this.classes = new Uint8Array(file, classes.offset, classes.count);
    this.network = network;
  }

  /**
   * Return the features of an image: a vector of unit length.
   * @param {Float32Array} inputs the inputs of the network's last dense layer
   */
  featuresOf(inputs) {
    const projected = this.#projected(inputs).map((value, i) => value - this.#offset[i]);
    return scaledToUnit(projected);
  }

  /** @param {Float32Array} inputs */
  #projected(inputs) {
    const sums = new Float64Array(FEATURES);
    for (let i = 0; i < inputs.length; i++) {
      const value = inputs[i];
      if (value === 0) continue;
      for (let j = 0; j < FEATURES; j++) sums[j] += value * this.#matrix[i * FEATURES + j];
    }
    return sums;
  }
}

/**
 * Return a vector as signed bytes. The largest magnitude becomes 127.
 * @param {Float32Array} features
 */
export function quantize(features) {
  const most = Math.max(largest(features.map(Math.abs)), 1e-12);
  return Int8Array.from(features, (value) => rint((127 * value) / most));
}

/**
 * Return quantized features as a vector of unit length. A vector of zeros stays zero.
 * @param {Int8Array} quantized
 */
export const unit = (quantized) => scaledToUnit(Float64Array.from(quantized));

/** @param {Float64Array} vector */
function scaledToUnit(vector) {
  const length = Math.max(Math.sqrt(vector.reduce((total, value) => total + value * value, 0)), 1e-12);
  return Float32Array.from(vector, (value) => value / length);
}
