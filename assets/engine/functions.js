// Mirrors Keras's activation functions that are no limits: sigmoid, tanh, softmax and others.

/** @import { Field } from "./field.js" */

import { pairs } from "./layers.js";

/**
 * A function of one number, and its derivative. `parameter`: the only parameter of a function that has one.
 * @typedef {object} Scalar
 * @property {(input: number, parameter: number) => number} of
 * @property {(input: number, output: number, parameter: number) => number} slope
 */

const [SELU_SCALE, SELU_ALPHA] = [1.0507009873554805, 1.6732632423543772];

const sigmoid = (/** @type {number} */ input) => 1 / (1 + Math.exp(-input));
const elu = (/** @type {number} */ input, /** @type {number} */ alpha) => (input > 0 ? input : alpha * Math.expm1(input));
// The cumulative normal distribution.
const normal = (/** @type {number} */ input) => (1 + erf(input / Math.SQRT2)) / 2;

/** @type {Record<string, Scalar>} */
const SCALARS = {
  sigmoid: { of: sigmoid, slope: (_, output) => output * (1 - output) },
  tanh: { of: Math.tanh, slope: (_, output) => 1 - output ** 2 },
  elu: { of: elu, slope: (input, output, alpha) => (input > 0 ? 1 : output + alpha) },
  selu: {
    of: (input) => SELU_SCALE * elu(input, SELU_ALPHA),
    slope: (input, output) => (input > 0 ? SELU_SCALE : output + SELU_SCALE * SELU_ALPHA),
  },
  leaky_relu: {
    of: (input, slope) => (input > 0 ? input : slope * input),
    slope: (input, _, slope) => (input > 0 ? 1 : slope),
  },
  softplus: { of: (input) => Math.max(input, 0) + Math.log1p(Math.exp(-Math.abs(input))), slope: sigmoid },
  softsign: { of: (input) => input / (1 + Math.abs(input)), slope: (input) => (1 + Math.abs(input)) ** -2 },
  silu: {
    of: (input) => input * sigmoid(input),
    slope: (input, output) => sigmoid(input) + output * (1 - sigmoid(input)),
  },
  gelu: {
    of: (input) => input * normal(input),
    slope: (input) => normal(input) + (input * Math.exp(-(input ** 2) / 2)) / Math.sqrt(2 * Math.PI),
  },
  exponential: { of: Math.exp, slope: (_, output) => output },
  log: { of: Math.log, slope: (input) => 1 / input },
};

/** A function of each number. */
export class Pointwise {
  #function;
  #parameter;

  /**
   * @param {string} name
   * @param {number} parameter
   * @param {Field} input
   * @param {Field} output
   */
  constructor(name, parameter, input, output) {
    this.#function = SCALARS[name];
    this.#parameter = parameter;
    this.input = input;
    this.output = output;
  }

  forward() {
    const { floats } = this.output;
    pairs(this.input, this.output, (from, to) => {
      floats[to] = this.#function.of(floats[from], this.#parameter);
    });
  }

  /**
   * Compute the gradient of the input from that of the output.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    const { input, output } = this;
    const { floats } = output;
    for (let row = 0; row < input.height; row++) {
      for (let column = 0; column < input.width; column++) {
        const [source, target, given, made] = [input, output, from, to].map((field) => field.at(row, column));
        for (let i = 0; i < input.channels; i++) {
          floats[made + i] = floats[given + i] * this.#function.slope(floats[source + i], floats[target + i], this.#parameter);
        }
      }
    }
  }
}

/** The softmax of the channels of each pixel. */
export class Softmax {
  /**
   * @param {Field} input
   * @param {Field} output
   */
  constructor(input, output) {
    this.input = input;
    this.output = output;
  }

  forward() {
    const { floats, channels } = this.output;
    this.#eachPixel((row, column) => {
      const [from, to] = [this.input.at(row, column), this.output.at(row, column)];
      const most = floats.subarray(from, from + channels).reduce((best, value) => Math.max(best, value), -Infinity);
      let total = 0;
      for (let i = 0; i < channels; i++) total += Math.exp(floats[from + i] - most);
      for (let i = 0; i < channels; i++) floats[to + i] = Math.exp(floats[from + i] - most) / total;
    });
  }

  /**
   * Compute the gradient of the input from that of the output.
   * @type {(from: Field, to: Field) => void}
   */
  backward(from, to) {
    const { floats, channels } = this.output;
    this.#eachPixel((row, column) => {
      const [output, given, made] = [this.output, from, to].map((field) => field.at(row, column));
      let total = 0;
      for (let i = 0; i < channels; i++) total += floats[given + i] * floats[output + i];
      for (let i = 0; i < channels; i++) floats[made + i] = floats[output + i] * (floats[given + i] - total);
    });
  }

  /** @param {(row: number, column: number) => void} visit */
  #eachPixel(visit) {
    const { height, width } = this.output;
    for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) visit(row, column);
  }
}

// Abramowitz and Stegun, Handbook of Mathematical Functions, formula 7.1.26. The error is at most 1.5e-7.
/** @param {number} input */
function erf(input) {
  const size = Math.abs(input);
  const t = 1 / (1 + 0.3275911 * size);
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(input) * (1 - sum * Math.exp(-(size ** 2)));
}
