// Erase the ink of one block from the strokes of a drawing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { squareOf, withoutSquare } from "../../assets/shared/erasing.js";

/** @import { Stroke } from "../../assets/shared/strokes.js" */

/** @type {Stroke} */
const LINE = [[0.5, 0.2], [0.5, 0.8]];
/** @type {Stroke} */
const OTHER = [[0.9, 0.2], [0.9, 0.25], [0.9, 0.3]];
const SQUARE = { left: 0.4, top: 0.45, side: 0.2, pen: 0.03 };

/** The image of LINE: ink in the rows 4 to 23 and the columns 13 to 15. */
function imageOfLine() {
  const image = new Uint8Array(784);
  for (let row = 4; row < 24; row++) image.fill(255, 28 * row + 13, 28 * row + 16);
  return image;
}

test("a block of the image is a square of the pad at the same place of the drawing", () => {
  const { left, top, side, pen } = squareOf([LINE], imageOfLine(), 3 * 7 + 3);
  const pixel = (0.6 * 1.13) / 20; // The ink is half a pen width longer than the line, at both ends.
  assert.ok(Math.abs(pen - 0.039) < 1e-9);
  assert.ok(Math.abs(side - 4 * pixel) < 1e-9);
  assert.ok(Math.abs(top - (0.2 - pen + 8 * pixel)) < 1e-9); // Row 12 of the image, 8 pixels below the top of the ink.
  assert.ok(Math.abs(left - (0.5 - pen - pixel)) < 1e-9);
});

test("a stroke that crosses the square is cut in two, so that its round ends stay outside", () => {
  const [upper, lower, other] = withoutSquare([LINE, OTHER], SQUARE);
  assert.equal(other, OTHER);
  assert.deepEqual([upper[0], lower[lower.length - 1]], LINE);
  const [end, start] = [upper[upper.length - 1][1], lower[0][1]];
  assert.ok(end <= 0.45 - 0.02 && end > 0.45 - 0.05, String(end));
  assert.ok(start >= 0.65 + 0.02 && start < 0.65 + 0.05, String(start));
});

test("a stroke inside the square disappears, and a rest shorter than the pen is wide goes with it", () => {
  assert.deepEqual(withoutSquare([[[0.45, 0.5], [0.55, 0.6]], OTHER], SQUARE), [OTHER]);
  assert.deepEqual(withoutSquare([[[0.5, 0.41], [0.5, 0.6]], OTHER], SQUARE), [OTHER]);
  assert.deepEqual(withoutSquare([[[0.5, 0.5]], OTHER], SQUARE), [OTHER]);
});

test("if only the side of a stroke is in the square, the stroke is cut there", () => {
  /** @type {Stroke} */
  const beside = [[0.38, 0.1], [0.38, 0.9]];
  assert.equal(withoutSquare([beside], SQUARE).length, 2);
  assert.equal(withoutSquare([beside, LINE], SQUARE).length, 3); // Now the middle line of another stroke is inside.
});
