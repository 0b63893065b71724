// Test the functions for the value of the answer component.

/** @import { Reading } from "../../assets/shared/answers.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { charactersOf } from "../../assets/shared/answers.js";

/** @type {(digit: number, left: number) => Reading} */
const reading = (digit, left) => ({
  digit, verdict: "digit", probabilities: [], no_digit: 0, several: 0, image: new Uint8Array(784), box: [left, 0, left + 0.2, 1],
  strokes: [0],
});

test("a sign stands between the digits at its sides", () => {
  const readings = [reading(3, 0), reading(1, 0.4), reading(4, 0.7)];
  const characters = charactersOf({ readings, marks: [{ kind: ".", box: [0.28, 0.9, 0.32, 0.95] }] });
  assert.equal(characters.map(({ text }) => text).join(""), "3.14");
  assert.deepEqual(characters.map(({ index }) => index), [0, null, 1, 2]);
  assert.deepEqual(characters.map(({ verdict }) => verdict), ["digit", null, "digit", "digit"]);
});
