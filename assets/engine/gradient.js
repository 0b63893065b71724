// Mirrors the automatic differentiation that model/inference/attribution.py uses: the gradient of logits by the image.

/** @import { Layer, Network } from "./network.js" */
/** @import { Padding } from "./field.js" */
/** @import { Convolution } from "./convolution.js" */

import { Convolution as AnyConvolution, transposed } from "./convolution.js";
import { Field, NO_PADDING } from "./field.js";
import { pairs } from "./layers.js";

/** The gradient of a network. It uses the outputs of the layers, so call `of` after the network's `forward`. */
export class Gradient {
  #memory;
  /** @type {{ layer: Layer, from: Field, to: Field, back: Convolution | null }[]} from the output to the input */
  #steps = [];

  /** @param {Network} network */
  constructor({ memory, layers, input }) {
    this.#memory = memory;
    let to = new Field(memory, input);
    for (const layer of layers) {
      const isConvolution = layer instanceof AnyConvolution && layer.weights.stride.every((step) => step === 1);
      const from = new Field(memory, layer.output, isConvolution ? opposite(layer) : NO_PADDING);
      const back = isConvolution ? new AnyConvolution(memory, transposed(layer.weights), from, to) : null;
      this.#steps.unshift({ layer, from, to, back });
      to = from;
    }
  }

  /**
   * Return the gradient of a weighted sum of the logits by each pixel of the image, or by each output of a layer.
   * @type {(weights: ArrayLike<number>, until?: Layer | null) => Float32Array}
   */
  of(weights, until = null) {
    this.#steps[0].from.set(weights);
    for (const { layer, from, to, back } of this.#steps) {
      if (layer === until) return from.values();
      if ("low" in layer) this.#limit(layer, from);
      if (back) back.forward();
      else if (layer instanceof AnyConvolution) this.#scatter(layer, from, to);
      else layer.backward(from, to);
    }
    return this.#steps[this.#steps.length - 1].to.values();
  }

  // Where the activation limits an output, the gradient is 0.
  /** @type {(layer: { low: number, high: number, output: Field }, gradient: Field) => void} */
  #limit({ low, high, output }, gradient) {
    const { floats } = this.#memory;
    if (low === -Infinity && high === Infinity) return;
    pairs(output, gradient, (index, to) => {
      if (!(floats[index] > low && floats[index] < high)) floats[to] = 0;
    });
  }

  // A convolution with a larger stride.
  /** @type {(layer: Convolution, from: Field, to: Field) => void} */
  #scatter({ weights: { kernel, shape: [rows, columns, inputs, outputs], stride }, input: { padding } }, from, to) {
    const { floats } = this.#memory;
    to.clear();
    for (let row = 0; row < from.height; row++) {
      for (let column = 0; column < from.width; column++) {
        const source = from.at(row, column);
        for (let tap = 0; tap < rows * columns; tap++) {
          const y = stride[0] * row + Math.floor(tap / columns) - padding.top;
          const x = stride[1] * column + (tap % columns) - padding.left;
          if (y < 0 || y >= to.height || x < 0 || x >= to.width) continue;
          for (let i = 0; i < inputs; i++) {
            const first = (tap * inputs + i) * outputs;
            let sum = 0;
            for (let output = 0; output < outputs; output++) sum += floats[source + output] * kernel[first + output];
            floats[to.at(y, x) + i] += sum;
          }
        }
      }
    }
  }
}

// Return the padding with which the transposed convolution gives the size of the input.
/** @type {(layer: Convolution) => Padding} */
function opposite({ input: { padding }, weights: { shape: [rows, columns] } }) {
  return {
    top: rows - 1 - padding.top, left: columns - 1 - padding.left,
    bottom: rows - 1 - padding.bottom, right: columns - 1 - padding.right,
  };
}
