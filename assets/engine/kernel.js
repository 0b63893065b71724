// Mirrors no Python module: the convolution of one layer in plain JavaScript, and the memory of a network.
//
// kernel.wat has the same convolution with SIMD. It takes bytes where this module takes indices of numbers.

/**
 * Where a convolution reads and writes. All positions and distances are indices of the memory's numbers.
 *
 * For each pixel of the output, the convolution multiplies `rows` × `run` numbers of the input with the weights.
 * @typedef {object} Shape
 * @property {number} width width of the output, in pixels
 * @property {number} height
 * @property {number} rows number of rows of the kernel
 * @property {number} run length of a row of the kernel: its width times the number of input channels
 * @property {number} pixelStep distance between the inputs of two neighboring pixels
 * @property {number} rowStep distance between the inputs of two rows of pixels
 * @property {number} pitch distance between two rows of the input
 * @property {number} outputs number of output channels, a multiple of 8
 * @property {number} outputRowStep distance between two rows of the output
 */

/**
 * The positions of the input, of the weights, of the biases and of the output. The weights are in blocks of 8 outputs:
 * rows × run × 8 numbers.
 * @typedef {{ input: number, weights: number, bias: number, output: number }} Positions
 */

const PAGE = 2 ** 16; // Bytes.
const [BYTES, TILE] = [4, 4];

/** The memory of one network. Its weights, outputs and gradients are at indices of `floats`. */
export class Memory {
  /** @type {Float32Array} */
  floats;
  #used = 0;
  /** @type {WebAssembly.Memory | null} */
  #shared = null;
  /** @type {Function | null} */
  #kernel = null;

  /** @param {WebAssembly.Module | null} module kernel.wasm; null if the browser has no SIMD */
  constructor(module) {
    if (module) {
      this.#shared = new WebAssembly.Memory({ initial: 1 });
      const instance = new WebAssembly.Instance(module, { engine: { memory: this.#shared } });
      this.#kernel = /** @type {Function} */ (instance.exports.convolve);
    }
    this.floats = new Float32Array(this.#shared?.buffer ?? new ArrayBuffer(PAGE));
  }

  /**
   * Reserve `count` numbers, which are 0, and return the index of the first one. Later, `floats` can be another array.
   * @param {number} count
   */
  reserve(count) {
    const start = this.#used;
    this.#used += TILE * Math.ceil(count / TILE);
    if (this.#used > this.floats.length) this.#grow();
    return start;
  }

  /**
   * Reserve memory for some numbers, store them, and return the index of the first one.
   * @param {ArrayLike<number>} values
   */
  store(values) {
    const start = this.reserve(values.length);
    this.floats.set(values, start);
    return start;
  }

  #grow() {
    const missing = Math.ceil((BYTES * (this.#used - this.floats.length)) / PAGE);
    if (this.#shared) {
      this.#shared.grow(missing);
      this.floats = new Float32Array(this.#shared.buffer);
    } else {
      const { floats } = this;
      this.floats = new Float32Array(floats.length + (missing * PAGE) / BYTES);
      this.floats.set(floats);
    }
  }

  /**
   * Convolve. Each output is limited to the range from `low` to `high`.
   * @type {(positions: Positions, shape: Shape, low?: number, high?: number) => void}
   */
  convolve(positions, shape, low = -Infinity, high = Infinity) {
    if (!this.#kernel || shape.width < TILE) return convolve(this.floats, positions, shape, low, high);
    const { input, weights, bias, output } = positions;
    const { width, height, rows, run, pixelStep, rowStep, pitch, outputs, outputRowStep } = shape;
    this.#kernel(
      BYTES * input, BYTES * weights, BYTES * bias, BYTES * output, width, height, rows, run,
      BYTES * pixelStep, BYTES * rowStep, BYTES * pitch, outputs, BYTES * outputRowStep, low, high,
    );
  }
}

/** @type {(floats: Float32Array, positions: Positions, shape: Shape, low: number, high: number) => void} */
function convolve(floats, { input, weights, bias, output }, shape, low, high) {
  const { width, height, rows, run, pixelStep, rowStep, pitch, outputs, outputRowStep } = shape;
  const sums = new Float64Array(8);
  for (let block = 0; block < outputs; block += 8) {
    const first = weights + block * rows * run;
    for (let row = 0; row < height; row++) {
      for (let pixel = 0; pixel < width; pixel++) {
        sums.set(floats.subarray(bias + block, bias + block + 8));
        let next = first;
        for (let kernelRow = 0; kernelRow < rows; kernelRow++) {
          const from = input + row * rowStep + pixel * pixelStep + kernelRow * pitch;
          for (let k = 0; k < run; k++, next += 8) {
            const value = floats[from + k];
            if (value !== 0) for (let i = 0; i < 8; i++) sums[i] += value * floats[next + i];
          }
        }
        const to = output + row * outputRowStep + pixel * outputs + block;
        for (let i = 0; i < 8; i++) floats[to + i] = Math.min(high, Math.max(low, sums[i]));
      }
    }
  }
}
