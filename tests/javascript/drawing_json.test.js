// Test the parser of saved drawings.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DrawingError, parseStrokes } from "../../assets/shared/drawing_json.js";

/** @type {(json: string) => DrawingError} */
function problemOf(json) {
  try {
    parseStrokes(json);
  } catch (error) {
    if (error instanceof DrawingError) return error;
  }
  throw new Error("The drawing is accepted.");
}

/** @type {(strokes: unknown) => DrawingError} */
const problemOfStrokes = (strokes) => problemOf(JSON.stringify({ strokes }));

test("a saved drawing is parsed, and its coordinates are rounded", () => {
  const json = JSON.stringify({ strokes: [[[0, 1], [0.123456, 0.5]], [[0.1, 0.2]]], name: "seven" });
  assert.deepEqual(parseStrokes(json), [[[0, 1], [0.1235, 0.5]], [[0.1, 0.2]]]);
  assert.deepEqual(parseStrokes(`\uFEFF${json}`), parseStrokes(json));
});

test("the largest drawing that the API accepts is parsed, also with a line for each number", () => {
  const stroke = Array.from({ length: 24 }, () => [0.1234, 0.5678]);
  const strokes = Array.from({ length: 500 }, () => stroke);
  assert.equal(parseStrokes(JSON.stringify({ strokes }, null, 2)).flat().length, 12_000);
});

test("a text that does not hold a drawing is rejected with the reason", () => {
  const point = [0.5, 0.5];
  /** @type {(count: number, item: unknown) => unknown[]} */
  const many = (count, item) => Array.from({ length: count }, () => item);
  assert.equal(problemOf(" ".repeat(1_000_001)).key, "drawingTooLarge");
  for (const json of ["", "{", "seven", "{'strokes': []}"]) assert.equal(problemOf(json).key, "drawingNoJson");
  for (const json of ["null", "7", "[]", "{}", '{"strokes": {}}']) {
    assert.equal(problemOf(json).key, "drawingWithoutStrokes");
  }
  assert.equal(problemOfStrokes([]).key, "drawingBlank");
  assert.deepEqual(problemOfStrokes(many(501, [point])).values, { count: 501, limit: 500 });
  assert.deepEqual(problemOfStrokes([many(12_001, point)]).values, { count: 12_001, limit: 12_000 });
  for (const stroke of [null, 1, [], {}]) assert.deepEqual(problemOfStrokes([[point], stroke]).values, { stroke: 2 });
  for (const wrong of [null, 1, [0.5], [0, 0, 0], [0.5, 1.01], [-0.1, 0], ["0", "0"], [null, 0], {}]) {
    const { key, values } = problemOfStrokes([[point], [point, wrong]]);
    assert.deepEqual([key, values], ["drawingPoint", { stroke: 2, point: 2 }]);
  }
});
