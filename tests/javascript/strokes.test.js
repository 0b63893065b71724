// Test the functions for points and strokes, and the history and the animation of a drawing.

/** @import { Stroke } from "../../assets/shared/strokes.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { History } from "../../assets/components/sketchpad/history.js";
import { Replay } from "../../assets/components/sketchpad/replay.js";
import { boundingBox, distance, firstPoints, onPad, strokeDistance, thinned } from "../../assets/shared/strokes.js";

/** @type {Stroke[]} */
const SEVEN = [[[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]], [[0.4, 0.5], [0.6, 0.5]]];

test("the distance to a stroke is the distance to its nearest segment", () => {
  /** @type {(points: Stroke, point: [number, number]) => number} */
  const distanceToPoint = (points, point) => strokeDistance(points, point, point);
  assert.equal(distanceToPoint([[0.2, 0.5], [0.8, 0.5]], [0.5, 0.75]), 0.25);
  assert.equal(distanceToPoint([[0.25, 0.5], [0.75, 0.5]], [1, 0.5]), 0.25);
  assert.equal(distanceToPoint([[0.5, 0.5]], [0.5, 0.25]), 0.25);
  assert.equal(strokeDistance([[0.25, 0.5], [0.75, 0.5]], [0, 0.75], [1, 0.75]), 0.25);
  assert.equal(strokeDistance([[0.25, 0.5], [0.75, 0.5]], [0.5, 0], [0.5, 0.25]), 0.25);
  assert.equal(strokeDistance([[0.25, 0.5], [0.75, 0.5]], [0.3, 0], [0.4, 1]), 0); // They cross.
  assert.equal(distance([0, 0], [0.3, 0.4]), 0.5);
});

test("coordinates are limited to the pad and rounded", () => {
  assert.deepEqual([-0.1, 0.123456, 1.5].map(onPad), [0, 0.1235, 1]);
});

test("the bounding box holds every point", () => {
  assert.deepEqual(boundingBox(SEVEN), { left: 0.3, top: 0.25, right: 0.7, bottom: 0.8 });
});

test("the first points of a drawing end in the middle of a stroke", () => {
  assert.deepEqual(firstPoints(SEVEN, 4), [SEVEN[0], [[0.4, 0.5]]]);
  assert.deepEqual(firstPoints(SEVEN, 3), [SEVEN[0]]);
  assert.deepEqual(firstPoints(SEVEN, 0), []);
});

test("a drawing with too many points loses points in the middle of its strokes", () => {
  /** @type {Stroke} */
  const long = Array.from({ length: 101 }, (_, i) => [i / 100, 0]);
  assert.equal(thinned(SEVEN, 5), SEVEN);
  const [stroke, dot] = thinned([long, [[0.5, 0.5]]], 60);
  assert.deepEqual([stroke.length, stroke[0], stroke[50], dot.length], [51, long[0], long[100], 1]);
  assert.deepEqual(thinned([[[0, 0]], [[1, 1]]], 1).length, 2);
});

test("undo and redo move through the history, and a new stroke removes what was undone", () => {
  const history = new History();
  assert.equal(history.has(-1), false);
  history.push([SEVEN[0]]);
  history.push(SEVEN);
  history.go(-1);
  assert.deepEqual([history.current.strokes, history.has(-1), history.has(1)], [[SEVEN[0]], true, true]);
  history.push([]);
  assert.deepEqual([history.current.strokes, history.has(1)], [[], false]);
  history.go(-1);
  assert.deepEqual(history.current.strokes, [SEVEN[0]]);
});

test("an animation shows more points over time", () => {
  const replay = new Replay(SEVEN, 1000, true);
  assert.equal(replay.advance(1000), null);
  assert.deepEqual(replay.advance(1500), [SEVEN[0]]);
  assert.equal(replay.advance(1510), null); // No point has been added since the last call.
  assert.equal(replay.advance(1600)?.flat().length, 4);
  assert.deepEqual([replay.isOver(1899), replay.isOver(1900)], [false, true]);
});

test("without animation, the whole drawing is shown at once", () => {
  assert.equal(new Replay(SEVEN, 1000, false).isOver(1000), true);
});
