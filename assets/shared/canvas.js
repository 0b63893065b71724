// Paint images on a canvas. An image is an array with one number for each pixel.

// Opacity of ink that contributes nothing to the answer.
const SHADOW = 0.12;
// The hatching of ink that contradicts the answer: the distance of two stripes, as a number of pixels of the canvas, and
// the opacity between the stripes, relative to that of the stripes.
const HATCHING = 12;
const GAP = 0.2;

/** @typedef {HTMLCanvasElement | OffscreenCanvas} Canvas */

/**
 * Paint ink in black on a canvas. The canvas is transparent where the paper is.
 * @param {Canvas} canvas
 * @param {ArrayLike<number>} ink from 0 (paper) to 255 (ink), row by row, one number for each pixel of the canvas
 */
export function paintInk(canvas, ink) {
  paintPixels(canvas, (pixels) => {
    for (let i = 0; i < ink.length; i++) pixels[4 * i + 3] = ink[i];
  });
}

/**
 * Paint the attribution of an image: one color for ink that supports the answer, another for ink that contradicts it.
 * The second color is also hatched.
 * @param {HTMLCanvasElement} canvas its style variables --for and --against hold the two colors, such as #2563eb. Its
 *     sides are a multiple of the image's sides.
 * @param {Int8Array} evidence from -127 to 127, row by row
 * @param {Uint8Array} ink the image that the network has read, a square
 */
export function paintAttribution(canvas, evidence, ink) {
  const style = getComputedStyle(canvas);
  const [supports, contradicts] = ["--for", "--against"].map((name) => rgb(style.getPropertyValue(name)));
  // The square root makes small contributions visible.
  const opacity = Array.from(evidence, (part, i) => Math.max(255 * Math.sqrt(Math.abs(part) / 127), ink[i] * SHADOW));
  const { width, height } = canvas;
  const side = Math.sqrt(ink.length);
  const scale = side / width;
  paintPixels(canvas, (pixels) => {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      const i = Math.floor(y * scale) * side + Math.floor(x * scale);
      if (!opacity[i]) continue;
      const isGap = evidence[i] < 0 && (x + y) % HATCHING < HATCHING / 2;
      const [red, green, blue] = evidence[i] < 0 ? contradicts : supports;
      const at = 4 * (y * width + x);
      [pixels[at], pixels[at + 1], pixels[at + 2]] = [red, green, blue];
      pixels[at + 3] = opacity[i] * (isGap ? GAP : 1);
    }
  });
}

/** @param {Canvas} canvas */
export const clearCanvas = (canvas) => context2d(canvas).clearRect(0, 0, canvas.width, canvas.height);

/**
 * @param {Canvas} canvas
 * @returns {CanvasRenderingContext2D} an OffscreenCanvas has the same functions
 */
export const context2d = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * Make a rectangle with round corners the current path. Older browsers have no `roundRect`.
 * @type {(context: CanvasRenderingContext2D, left: number, top: number, width: number, height: number, radius: number) => void}
 */
export function roundedRectangle(context, left, top, width, height, radius) {
  const [right, bottom] = [left + width, top + height];
  context.beginPath();
  context.moveTo(left + radius, top);
  context.arcTo(right, top, right, bottom, radius);
  context.arcTo(right, bottom, left, bottom, radius);
  context.arcTo(left, bottom, left, top, radius);
  context.arcTo(left, top, right, top, radius);
  context.closePath();
}

/** @type {(canvas: Canvas, fill: (pixels: Uint8ClampedArray) => void) => void} */
function paintPixels(canvas, fill) {
  const context = context2d(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  fill(image.data);
  context.putImageData(image, 0, 0);
}

/** @param {string} color such as #2563eb */
const rgb = (color) => [1, 3, 5].map((at) => parseInt(color.trim().slice(at, at + 2), 16));
