// Mirrors Keras's layer Conv2D, with the activation after it.

/** @import { Field } from "./field.js" */
/** @import { Memory } from "./kernel.js" */

/**
 * The weights of a convolution. `kernel`: numbers in the order of kernel rows, kernel columns, inputs and outputs.
 * @typedef {object} Kernel
 * @property {Float32Array} kernel
 * @property {number[]} shape kernel rows, kernel columns, inputs, outputs
 * @property {Float32Array} bias
 * @property {number[]} stride rows, columns
 */

/** A convolution of a field. The activation limits its outputs to the range from `low` to `high`. */
export class Convolution {
  #memory;
  #positions;
  #shape;

  /**
   * @param {Memory} memory
   * @param {Kernel} weights
   * @param {Field} input a field with the padding of the convolution
   * @param {Field} output
   * @param {number} [low]
   * @param {number} [high]
   */
  constructor(memory, weights, input, output, low = -Infinity, high = Infinity) {
    this.#memory = memory;
    this.weights = weights;
    this.input = input;
    this.output = output;
    this.low = low;
    this.high = high;
    const bias = new Float32Array(output.depth);
    bias.set(weights.bias);
    this.#positions = {
      input: input.start, output: output.origin,
      weights: storedWeights(memory, weights, input.depth, output.depth), bias: memory.store(bias),
    };
    const [[rows, columns], [down, across]] = [weights.shape, weights.stride];
    this.#shape = {
      width: output.width, height: output.height, rows, run: columns * input.depth,
      pixelStep: across * input.depth, rowStep: down * input.rowStep, pitch: input.rowStep,
      outputs: output.depth, outputRowStep: output.rowStep,
    };
  }

  forward() {
    this.#memory.convolve(this.#positions, this.#shape, this.low, this.high);
  }
}

// Store the weights in the order of the kernel, which takes blocks of 8 outputs. Return their position. The channels that
// fill the last block have zeros.
/** @type {(memory: Memory, weights: Kernel, depth: number, outputDepth: number) => number} */
function storedWeights(memory, { kernel, shape: [rows, columns, inputs, outputs] }, depth, outputDepth) {
  const taps = rows * columns;
  const position = memory.reserve(taps * depth * outputDepth);
  const values = memory.floats.subarray(position);
  for (let tap = 0; tap < taps; tap++) {
    for (let from = 0; from < inputs; from++) {
      const given = (tap * inputs + from) * outputs;
      for (let block = 0; block < outputs; block += 8) {
        const taken = (block * taps + 8 * tap) * depth + 8 * from;
        for (let to = 0; to < 8 && block + to < outputs; to++) values[taken + to] = kernel[given + block + to];
      }
    }
  }
  return position;
}

/**
 * Return the weights of the convolution that maps the gradient of the output to that of the input, for a stride of 1.
 * @param {Kernel} weights
 * @returns {Kernel}
 */
export function transposed({ kernel, shape: [rows, columns, inputs, outputs] }) {
  const taps = rows * columns;
  const turned = new Float32Array(kernel.length);
  for (let tap = 0; tap < taps; tap++) {
    for (let from = 0; from < inputs; from++) {
      for (let to = 0; to < outputs; to++) {
        turned[((taps - 1 - tap) * outputs + to) * inputs + from] = kernel[(tap * inputs + from) * outputs + to];
      }
    }
  }
  return { kernel: turned, shape: [rows, columns, outputs, inputs], bias: new Float32Array(inputs), stride: [1, 1] };
}
