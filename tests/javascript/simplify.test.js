// Test that a simplified drawing stays near the drawing.

/** @import { Point, Stroke } from "../../assets/shared/strokes.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { simplified, tolerancesOf } from "../../assets/shared/simplify.js";

/** @type {Stroke} */
const WAVE = Array.from({ length: 400 }, (_, i) => [i / 399, 0.5 + 0.3 * Math.sin(i / 30)]);

/** @type {(strokes: Stroke[]) => number} */
const pointsOf = (strokes) => strokes.flat().length;

test("points on a straight line are left out first, and the ends of a stroke never", () => {
  /** @type {Stroke} */
  const corner = [[0, 0], [0.25, 0], [0.5, 0], [0.5, 0.5]];
  assert.deepEqual([...tolerancesOf(corner)].map((value) => value > 1e-9), [true, false, true, true]);
  assert.deepEqual(simplified([corner, [[0.1, 0.2]]], (strokes) => pointsOf(strokes) <= 3), [[corner[0], corner[3]], [[0.1, 0.2]]]);
});

test("no point is farther from the simplified drawing than the tolerance that was needed", () => {
  const [fewer] = simplified([WAVE], (strokes) => pointsOf(strokes) <= 40) ?? [];
  assert.ok(fewer.length > 20);
  const farthest = Math.max(...WAVE.map((point) => Math.min(...fewer.slice(1).map((to, i) => distance(point, fewer[i], to)))));
  assert.ok(farthest < 0.01, String(farthest));
});

test("a drawing that is small enough is not changed, and one that never is gives null", () => {
  const strokes = [WAVE];
  assert.equal(simplified(strokes, () => true), strokes);
  assert.equal(simplified(strokes, () => false), null);
});

/** @type {(point: Point, from: Point, to: Point) => number} */
function distance([x, y], [fromX, fromY], [toX, toY]) {
  const samples = [...Array(51).keys()].map((i) => i / 50);
  return Math.min(...samples.map((part) => Math.hypot(x - fromX - part * (toX - fromX), y - fromY - part * (toY - fromY))));
}
