// Small changes of a 28×28 image: to move it, or to turn it.

const SIDE = 28;
// Pixels to the left, and degrees. A linear network then often fails, and convolutions seldom do.
const MOVE = 4;
const TURN = 25;

/**
 * Return the image after a change.
 * @param {Uint8Array} image 28×28 bytes, row by row
 * @param {string | null} change "move", "turn", or null
 */
export function changed(image, change) {
  if (change === "move") return move(image);
  return change === "turn" ? turn(image) : image;
}

/** @param {Uint8Array} image */
function move(image) {
  return sampled((x, y) => pixel(image, x + MOVE, y));
}

// Turn the image around its middle, counterclockwise. Each new pixel is interpolated between four old ones.
/** @param {Uint8Array} image */
function turn(image) {
  const [cos, sin] = [Math.cos((TURN * Math.PI) / 180), Math.sin((TURN * Math.PI) / 180)];
  const middle = (SIDE - 1) / 2;
  return sampled((x, y) => {
    const [across, down] = [x - middle, y - middle];
    return interpolated(image, middle + cos * across - sin * down, middle + sin * across + cos * down);
  });
}

/** @param {(x: number, y: number) => number} at */
const sampled = (at) => Uint8Array.from({ length: SIDE * SIDE }, (_, i) => Math.round(at(i % SIDE, Math.floor(i / SIDE))));

/** @type {(image: Uint8Array, x: number, y: number) => number} */
function interpolated(image, x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, low] = [x - left, y - top];
  const upper = (1 - right) * pixel(image, left, top) + right * pixel(image, left + 1, top);
  const lower = (1 - right) * pixel(image, left, top + 1) + right * pixel(image, left + 1, top + 1);
  return (1 - low) * upper + low * lower;
}

/** @type {(image: Uint8Array, x: number, y: number) => number} */
const pixel = (image, x, y) => (x >= 0 && x < SIDE && y >= 0 && y < SIDE ? image[y * SIDE + x] : 0);
