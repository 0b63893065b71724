// Mirrors the network of a checkpoint, as web/export/network.py describes it: layers with weights.

/** @import { FieldShape, Padding } from "./field.js" */
/** @import { StoredArray } from "./half.js" */

import { Convolution } from "./convolution.js";
import { Depthwise } from "./depthwise.js";
import { Field } from "./field.js";
import { Pointwise, Softmax } from "./functions.js";
import { Gradient } from "./gradient.js";
import { numbersOf } from "./half.js";
import { Memory } from "./kernel.js";
import { Dense, Scaling } from "./layers.js";
import { IMAGE_SIDE } from "./normalization.js";
import { AveragePooling, MaxPooling } from "./pooling.js";
import { Reshape, ZeroPadding } from "./shapes.js";

/**
 * The description of a layer. `output`: the shape of its output.
 * @typedef {object} LayerDescription
 * @property {"convolution" | "depthwise" | "dense" | "maximum" | "mean" | "normalization" | "activation" | "scaling"
 *   | "function" | "softmax" | "reshape" | "zeros"} type
 * @property {FieldShape} output
 * @property {StoredArray} [kernel]
 * @property {StoredArray | null} [bias]
 * @property {number[]} [stride]
 * @property {Padding} [padding]
 * @property {number[]} [size] of a pooling window
 * @property {number[]} [start] of the first pooling window, or of the input inside of zeros: rows and columns before it
 * @property {string} [name] of a function
 * @property {number} [parameter] of the function
 * @property {StoredArray[]} [statistics] of a normalization: gamma, beta, mean and variance
 * @property {number} [epsilon]
 * @property {number} [scale]
 * @property {number} [offset]
 * @property {number | null} [low] the limits of an activation; null means no limit
 * @property {number | null} [high]
 */

/** @typedef {Convolution | Depthwise | Dense | Scaling | MaxPooling | AveragePooling | Pointwise | Softmax | Reshape | ZeroPadding} Layer */

/**
 * A layer together with the normalization and the activation after it.
 * @typedef {object} Block
 * @property {LayerDescription} layer
 * @property {FieldShape} output
 * @property {{ scale: number[], shift: number[] } | null} normalization
 * @property {number} low
 * @property {number} high
 */

/** A network that maps a normalized image to logits. */
export class Network {
  /** @type {Layer[]} */
  layers = [];
  /** @type {Layer[]} for each description, the layer that computes its output */
  computed = [];
  /** @type {Gradient | null} */
  #gradient = null;

  /**
   * @param {LayerDescription[]} descriptions
   * @param {ArrayBuffer} file the weights
   * @param {WebAssembly.Module | null} kernel see Memory
   */
  constructor(descriptions, file, kernel) {
    this.memory = new Memory(kernel);
    const { blocks, joined } = blocksOf(descriptions, file);
    const image = { height: IMAGE_SIDE, width: IMAGE_SIDE, channels: 1 };
    this.input = new Field(this.memory, image, blocks[0].layer.padding, 1);
    let input = this.input;
    blocks.forEach((block, i) => {
      const output = new Field(this.memory, block.output, blocks[i + 1]?.layer.padding);
      this.layers.push(this.#layer(block, file, input, output));
      input = output;
    });
    this.output = input;
    this.computed = joined.map((index) => this.layers[index]);
  }

  /**
   * Return the logits of an image.
   * @param {ArrayLike<number>} image 28×28 numbers
   * @param {(layer: Layer) => void} [change] called after each layer. It may change the output of the layer.
   */
  forward(image, change) {
    this.input.set(image);
    for (const layer of this.layers) {
      layer.forward();
      change?.(layer);
    }
    return this.output.values();
  }

  /** After `forward`, return the inputs of the last layer, in the order in which a dense layer reads them. */
  lastInputs() {
    return this.layers[this.layers.length - 1].input.values();
  }

  /**
   * After `forward`, return the gradient of a weighted sum of the logits by each pixel of the image, or by each output of
   * a layer.
   * @type {(weights: ArrayLike<number>, layer?: Layer | null) => Float32Array}
   */
  backward(weights, layer = null) {
    this.#gradient ??= new Gradient(this);
    return this.#gradient.of(weights, layer);
  }

  /** @type {(block: Block, file: ArrayBuffer, input: Field, output: Field) => Layer} */
  #layer(block, file, input, output) {
    const { type, size = [1, 1], stride = [1, 1], start = [0, 0], name = "", parameter = 0 } = block.layer;
    if (type === "maximum") return new MaxPooling({ size, stride, start }, input, output);
    if (type === "mean") return new AveragePooling({ size, stride, start }, input, output);
    if (type === "function") return new Pointwise(name, parameter, input, output);
    if (type === "softmax") return new Softmax(input, output);
    if (type === "reshape") return new Reshape(input, output);
    if (type === "zeros") return new ZeroPadding(start[0], start[1], input, output);
    return this.#weighted(block, file, input, output);
  }

  // Return a layer that can take a normalization and the limits of an activation.
  /** @type {(block: Block, file: ArrayBuffer, input: Field, output: Field) => Layer} */
  #weighted({ layer, normalization, low, high }, file, input, output) {
    const { type, kernel, bias, stride = [1, 1] } = layer;
    const { channels } = output;
    const { scale, shift } = normalization ?? { scale: filled(channels, 1), shift: filled(channels, 0) };
    if (!kernel) return new Scaling(scale, shift, input, output, low, high);
    const weights = numbersOf(file, kernel);
    if (normalization) multiply(weights, scale);
    const own = bias ? numbersOf(file, bias) : new Float32Array(channels);
    const added = own.map((value, i) => value * scale[i] + shift[i]);
    if (type === "dense") return new Dense(weights, added, input, output, low, high);
    const all = { kernel: weights, shape: kernel.shape, bias: added, stride };
    if (type === "depthwise") return new Depthwise(all, input, output, low, high);
    return new Convolution(this.memory, all, input, output, low, high);
  }
}

const WEIGHTED = ["convolution", "depthwise", "dense"];
const SCALINGS = ["normalization", "scaling"];

/** @type {(count: number, value: number) => number[]} */
const filled = (count, value) => Array.from({ length: count }, () => value);

// Multiply each number by the scale of its channel. This is a plain loop, because it is fast even though the browser has
// not optimized it: the code runs only once, on hundreds of thousands of numbers.
/** @type {(values: Float32Array, scale: number[]) => void} */
function multiply(values, scale) {
  for (let i = 0, channel = 0; i < values.length; i++) {
    values[i] *= scale[channel];
    if (++channel === scale.length) channel = 0;
  }
}

// Join each normalization and activation to the layer before it, where the layer can take it.
// `joined`: for each description, the index of its block.
/** @type {(descriptions: LayerDescription[], file: ArrayBuffer) => { blocks: Block[], joined: number[] }} */
function blocksOf(descriptions, file) {
  /** @type {Block[]} */
  const blocks = [];
  const joined = [];
  for (const layer of descriptions) {
    const last = blocks[blocks.length - 1];
    const isPointwise = layer.type === "activation" || SCALINGS.includes(layer.type);
    const isJoined = isPointwise && last && canTake(last, layer);
    const unlimited = { low: -Infinity, high: Infinity };
    const block = isJoined ? last : { layer, output: layer.output, normalization: null, ...unlimited };
    if (!isJoined) blocks.push(block);
    joined.push(blocks.length - 1);
    if (layer.type === "activation") {
      block.low = layer.low ?? -Infinity;
      block.high = layer.high ?? Infinity;
    } else if (isPointwise) block.normalization = affine(layer, file);
  }
  return { blocks, joined };
}

/** @type {(block: Block, layer: LayerDescription) => boolean} */
function canTake({ layer: { type }, normalization, low, high }, layer) {
  if (low > -Infinity || high < Infinity) return false;
  if (layer.type === "activation") return WEIGHTED.includes(type) || SCALINGS.includes(type);
  return normalization === null && WEIGHTED.includes(type);
}

// Return the scale and the shift of each channel.
/** @type {(layer: LayerDescription, file: ArrayBuffer) => { scale: number[], shift: number[] }} */
function affine({ output, statistics, epsilon = 0, scale = 1, offset = 0 }, file) {
  if (!statistics) return { scale: filled(output.channels, scale), shift: filled(output.channels, offset) };
  const [gamma, beta, mean, variance] = statistics.map((array) => Array.from(numbersOf(file, array)));
  const factors = gamma.map((value, i) => value / Math.sqrt(variance[i] + epsilon));
  return { scale: factors, shift: beta.map((value, i) => value - mean[i] * factors[i]) };
}
