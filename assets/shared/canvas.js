// Paint images on a canvas. An image is an array with one number for each pixel.

// Opacity of ink that contributes nothing to the answer.
const SHADOW = 0.12;

/**
 * Paint ink in black on a canvas. The canvas is transparent where the paper is.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} ink from 0 (paper) to 255 (ink), row by row, one number for each pixel of the canvas
 */
export function paintInk(canvas, ink) {
  paintPixels(canvas, (pixels) => {
    for (let i = 0; i < ink.length; i++) pixels[4 * i + 3] = ink[i];
  });
}

/**
 * Paint the attribution of an image: one color for ink that supports the answer, another for ink that contradicts it.
 * @param {HTMLCanvasElement} canvas its style variables --for and --against hold the two colors, such as #2563eb
 * @param {Int8Array} evidence from -127 to 127, row by row
 * @param {Uint8Array} ink the image that the network has read
 */
export function paintAttribution(canvas, evidence, ink) {
  const style = getComputedStyle(canvas);
  const [supports, contradicts] = ["--for", "--against"].map((name) => rgb(style.getPropertyValue(name)));
  paintPixels(canvas, (pixels) => {
    evidence.forEach((part, i) => {
      const color = part >= 0 ? supports : contradicts;
      // The square root makes small contributions visible.
      pixels.set([...color, Math.max(255 * Math.sqrt(Math.abs(part) / 127), ink[i] * SHADOW)], 4 * i);
    });
  });
}

/** @param {HTMLCanvasElement} canvas */
export const clearCanvas = (canvas) => context2d(canvas).clearRect(0, 0, canvas.width, canvas.height);

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
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

/** @type {(canvas: HTMLCanvasElement, fill: (pixels: Uint8ClampedArray) => void) => void} */
function paintPixels(canvas, fill) {
  const context = context2d(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  fill(image.data);
  context.putImageData(image, 0, 0);
}

/** @param {string} color such as #2563eb */
const rgb = (color) => [1, 3, 5].map((at) => parseInt(color.trim().slice(at, at + 2), 16));
