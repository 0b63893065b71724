// The colors of maps, and the functions that paint cells with them.

/** @import { LayerMaps } from "../../shared/activations.js" */
/** @import { Canvas } from "../../shared/canvas.js" */

// Pixels that the processor computes stay in its memory.
const OPAQUE = { alpha: false, willReadFrequently: true };
// The colors of no change and of the largest change: one hue, from dark to bright.
const DARK = [24, 24, 40], BRIGHT = [226, 230, 255], MIDDLE = [99, 102, 241];
// The colors of signed values on DARK: for and, hatched, against.
const FOR = [129, 140, 248], AGAINST = [251, 146, 60];
const STEPS = 127;
const PIXELS = 28; // Side of an image of weights.
// An image of weights has several pixels of the canvas for each weight, so that hatching fits into it.
const SCALE = 4;
const HATCHING = 6, GAP = 0.25;
// Opacity of the weights of a unit that the ink does not change.
const IDLE = 0.2;

// The color of each magnitude, as the 32 bits of a pixel: alpha, blue, green, red.
const COLORS = Uint32Array.from({ length: STEPS + 2 }, (_, magnitude) => pack(colorOf(Math.min(1, magnitude / STEPS))));

/** @param {number} part */
function colorOf(part) {
  return part < 0.55 ? mixed(DARK, MIDDLE, part / 0.55) : mixed(MIDDLE, BRIGHT, (part - 0.55) / 0.45);
}

/** @type {(from: number[], to: number[], along: number) => number[]} */
function mixed(from, to, along) {
  return from.map((value, channel) => Math.round(value + along * (to[channel] - value)));
}

/** @param {number[]} color */
function pack([red, green, blue]) {
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}

/**
 * Return the width and the height of a canvas with all maps of a layer.
 * @type {(layer: LayerMaps, columns: number) => [number, number]}
 */
export function layerSize({ kind, weights, width, height, maps }, columns) {
  const rows = Math.ceil(maps.length / columns);
  const isSigned = kind === "products" || (kind === "units" && weights);
  return isSigned ? [columns * PIXELS * SCALE, rows * PIXELS * SCALE] : [columns * width, rows * height];
}

/**
 * Paint all maps of a layer into one canvas: the maps side by side, in rows. Units that read the pixels are painted as
 * their weights.
 * @param {Canvas} canvas its sides are set to `layerSize`
 * @param {LayerMaps} layer
 * @param {number} columns maps in a row
 */
export function paintLayer(canvas, layer, columns) {
  const { kind, weights, values, maps } = layer;
  if (kind === "products") return paintSigned(canvas, values, maps.length, columns);
  if (kind === "units" && weights) {
    const strengths = maps.map((_, unit) => IDLE + (1 - IDLE) * Math.min(1, Math.abs(values[unit]) / STEPS));
    return paintSigned(canvas, weights, maps.length, columns, strengths);
  }
  paintMaps(canvas, layer, columns);
}

/** @type {(canvas: Canvas, layer: LayerMaps, columns: number) => void} */
function paintMaps(canvas, { width, height, maps, values }, columns) {
  const across = columns * width;
  paint(canvas, across, Math.ceil(maps.length / columns) * height, (pixels) => {
    for (let map = 0, from = 0; map < maps.length; map++) {
      const corner = Math.floor(map / columns) * height * across + (map % columns) * width;
      for (let y = 0; y < height; y++) {
        for (let to = corner + y * across, end = to + width; to < end; to++, from++) {
          pixels[to] = COLORS[Math.abs(values[from])];
        }
      }
    }
  });
}

/**
 * Paint images of 28×28 signed values: blue for, and orange and hatched against.
 * @type {(canvas: Canvas, values: Int8Array, count: number, columns: number, opacities?: number[]) => void}
 */
export function paintSigned(canvas, values, count, columns, opacities) {
  const side = PIXELS * SCALE;
  const across = columns * side;
  paint(canvas, across, Math.ceil(count / columns) * side, (pixels) => {
    pixels.fill(COLORS[0]);
    for (let image = 0; image < count; image++) {
      const corner = Math.floor(image / columns) * side * across + (image % columns) * side;
      const opacity = opacities?.[image] ?? 1;
      for (let i = 0; i < PIXELS ** 2; i++) {
        const value = values[image * PIXELS ** 2 + i];
        if (value !== 0) paintWeight(pixels, corner, across, i, value, opacity);
      }
    }
  });
}

/** @type {(pixels: Uint32Array, corner: number, across: number, i: number, value: number, opacity: number) => void} */
function paintWeight(pixels, corner, across, i, value, opacity) {
  const part = opacity * Math.sqrt(Math.abs(value) / STEPS); // The square root makes small values visible.
  const color = pack(mixed(DARK, value > 0 ? FOR : AGAINST, part));
  const gap = value > 0 ? color : pack(mixed(DARK, AGAINST, part * GAP));
  const [left, top] = [(i % PIXELS) * SCALE, Math.floor(i / PIXELS) * SCALE];
  for (let y = top; y < top + SCALE; y++) {
    for (let x = left; x < left + SCALE; x++) {
      pixels[corner + y * across + x] = (x + y) % HATCHING < HATCHING / 2 ? gap : color;
    }
  }
}

/** @type {(canvas: Canvas, width: number, height: number, fill: (pixels: Uint32Array) => void) => void} */
function paint(canvas, width, height, fill) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const image = new ImageData(width, height);
  fill(new Uint32Array(image.data.buffer));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", OPAQUE));
  context.putImageData(image, 0, 0);
}
