// Test that links hold drawings as text.

/** @import { Stroke } from "../../assets/shared/strokes.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeStrokes, encodeStrokes, MAX_LENGTH } from "../../assets/components/share/link.js";

/** @type {Stroke[]} */
const SEVEN = [[[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]], [[0, 1]]];

test("a drawing is the same after encoding and decoding", () => {
  assert.deepEqual(decodeStrokes(encodeStrokes(SEVEN)), SEVEN);
});

test("coordinates are rounded to thousandths", () => {
  assert.deepEqual(decodeStrokes(encodeStrokes([[[0.12345, 0.9999]]])), [[[0.123, 1]]]);
});

test("the text has only letters that need no escape in an address", () => {
  assert.match(encodeStrokes(SEVEN), /^[\w-]+$/);
});

const DAMAGED = ["", "A", "*", "____", "CgB", `C${"_".repeat(4000)}`, encodeStrokes(SEVEN).slice(0, -1), encodeStrokes([[[2, 0]]])];
for (const text of DAMAGED) {
  test(`a damaged text gives no drawing: ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.equal(decodeStrokes(text), null);
  });
}

test("the longest drawing is decoded, and a text above the maximum length is not", () => {
  /** @type {Stroke} */
  const stroke = Array.from({ length: 12_000 }, (_, i) => [0.5, (i % 9) / 1000]);
  const text = encodeStrokes([stroke]);
  assert.ok(text.length < MAX_LENGTH);
  assert.equal(decodeStrokes(text)?.[0].length, 12_000);
  assert.equal(decodeStrokes("A".repeat(MAX_LENGTH + 1)), null);
});

test("a drawing with more strokes or points than the server accepts is not decoded", () => {
  /** @type {(count: number) => Stroke[]} */
  const dots = (count) => Array.from({ length: count }, () => [[0.5, 0.5]]);
  assert.equal(decodeStrokes(encodeStrokes(dots(500)))?.length, 500);
  assert.equal(decodeStrokes(encodeStrokes(dots(501))), null);
  assert.equal(decodeStrokes(encodeStrokes([dots(12_600).flat()])), null);
});
