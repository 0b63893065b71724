// The changes of the image that all networks read.

import assert from "node:assert/strict";
import { test } from "node:test";

import { changed } from "../../assets/shared/changed_image.js";

const SIDE = 28;

/** @type {(...places: [number, number][]) => Uint8Array} */
function imageWith(...places) {
  const image = new Uint8Array(SIDE * SIDE);
  for (const [x, y] of places) image[y * SIDE + x] = 200;
  return image;
}

/** @param {Uint8Array} image */
function centerOf(image) {
  const total = image.reduce((sum, value) => sum + value, 0);
  const mean = (/** @type {(i: number) => number} */ at) => image.reduce((sum, value, i) => sum + value * at(i), 0) / total;
  return [mean((i) => i % SIDE), mean((i) => Math.floor(i / SIDE))];
}

test("a moved image is four pixels to the left, and loses what leaves it", () => {
  assert.deepEqual(changed(imageWith([10, 5], [2, 7]), "move"), imageWith([6, 5]));
});

test("a turned image is turned by 25 degrees counterclockwise around its middle, and keeps its ink", () => {
  const image = imageWith([13, 4], [14, 4], [13, 5], [14, 5]);
  const [x, y] = centerOf(changed(image, "turn"));
  assert.ok(Math.abs(x - (13.5 - 9 * Math.sin((25 * Math.PI) / 180))) < 0.1);
  assert.ok(Math.abs(y - (13.5 - 9 * Math.cos((25 * Math.PI) / 180))) < 0.1);
});

test("without a change, the image is the same", () => {
  const image = imageWith([3, 3]);
  assert.equal(changed(image, null), image);
});
