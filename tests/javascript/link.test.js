// Test that links hold drawings as text.

/** @import { Stroke } from "../../assets/shared/strokes.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeStrokes, encodeStrokes, linkTo, MAX_LENGTH, MAX_LINK } from "../../assets/shared/link.js";

/** @type {Stroke[]} */
const SEVEN = [[[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]], [[0, 1]]];

test("a drawing is the same after encoding and decoding", () => {
  assert.deepEqual(decodeStrokes(encodeStrokes(SEVEN)), SEVEN);
});

test("coordinates are rounded to thousandths", () => {
  assert.deepEqual(decodeStrokes(encodeStrokes([[[0.12345, 0.9999]]])), [[[0.123, 1]]]);
});

test("the text has only letters that need no escape in an address", () => {
  assert.match(encodeStrokes(SEVEN), /^\.[\w-]+$/);
});

test("a link without a checksum, which an earlier version made, still opens", () => {
  assert.deepEqual(decodeStrokes("G4S0PgZAzPsiBCjcwM"), [[[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]], [[0, 1]]]);
});

test("every text that has lost its end or has one other letter is refused", () => {
  const letters = encodeStrokes(SEVEN);
  for (let i = 1; i < letters.length; i++) {
    // Without its checksum, a text is a drawing of an earlier version. Losing only the point leaves such a text.
    assert.equal(decodeStrokes(letters.slice(0, i)), null);
    assert.equal(decodeStrokes(letters.slice(0, i) + (letters[i] === "A" ? "B" : "A") + letters.slice(i + 1)), null);
  }
});

const DAMAGED = ["", "A", "*", "____", "CgB", `C${"_".repeat(4000)}`, encodeStrokes(SEVEN).slice(0, -1), encodeStrokes([[[2, 0]]])];
for (const text of DAMAGED) {
  test(`a damaged text gives no drawing: ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.equal(decodeStrokes(text), null);
  });
}

/** @type {(count: number, turns: number) => Stroke} */
const spiral = (count, turns) => Array.from({ length: count }, (_, i) => {
  const [part, angle] = [i / count, (2 * Math.PI * turns * i) / count];
  return [0.5 + 0.45 * part * Math.cos(angle), 0.5 + 0.45 * part * Math.sin(angle)];
});

test("a link has at most 8 kB, for up to 500 strokes and any number of points", () => {
  const start = "https://example.org/digits/#drawing=";
  const many = Array.from({ length: 500 }, (_, i) => spiral(24, i / 100));
  for (const strokes of [[spiral(12_000, 40)], many, [spiral(5, 1)]]) {
    const link = linkTo(start, strokes) ?? "";
    assert.ok(link.startsWith(start) && link.length <= MAX_LINK);
    assert.equal(decodeStrokes(link.slice(start.length))?.length, strokes.length);
  }
  assert.equal(linkTo(start, Array.from({ length: 501 }, () => [[0.5, 0.5]])), null);
});

test("a drawing that fits into a link keeps all its points", () => {
  const link = linkTo("", [spiral(1500, 3)]) ?? "";
  assert.equal(decodeStrokes(link)?.[0].length, 1500);
});

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
