// The colors of maps, and the functions that paint cells with them.

/** @import { LayerMaps } from "../../shared/activations.js" */

import { context2d } from "../../shared/canvas.js";

// The colors of no change and of the largest change: one hue, from dark to bright.
const DARK = [24, 24, 40], BRIGHT = [226, 230, 255], MIDDLE = [99, 102, 241];
const STEPS = 127;

// The color of each magnitude, as the 32 bits of a pixel: alpha, blue, green, red.
const COLORS = Uint32Array.from({ length: STEPS + 2 }, (_, magnitude) => pack(colorOf(Math.min(1, magnitude / STEPS))));

/** @param {number} part */
function colorOf(part) {
  const [from, to, along] = part < 0.55 ? [DARK, MIDDLE, part / 0.55] : [MIDDLE, BRIGHT, (part - 0.55) / 0.45];
  return from.map((value, channel) => Math.round(value + along * (to[channel] - value)));
}

/** @param {number[]} color */
function pack([red, green, blue]) {
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}

/**
 * Paint all maps of a layer into one canvas: the maps side by side, in rows.
 * @param {HTMLCanvasElement} canvas its sides are set to the cells of all maps
 * @param {LayerMaps} layer
 * @param {number} columns maps in a row
 */
export function paintMaps(canvas, { width, height, maps, values }, columns) {
  const [across, down] = [columns * width, Math.ceil(maps.length / columns) * height];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const image = new ImageData(across, down);
  const pixels = new Uint32Array(image.data.buffer);
  for (let map = 0, from = 0; map < maps.length; map++) {
    const corner = Math.floor(map / columns) * height * across + (map % columns) * width;
    for (let y = 0; y < height; y++) {
      for (let to = corner + y * across, end = to + width; to < end; to++, from++) {
        pixels[to] = COLORS[Math.abs(values[from])];
      }
    }
  }
  context2d(canvas).putImageData(image, 0, 0);
}
