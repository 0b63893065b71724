// Test the probabilities that the page shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answerOf, CLASS_NOT_DIGIT, outcomes, roundedOutcomes } from "../../assets/shared/shares.js";

/** @type {(probabilities: Record<number, number>, no_digit: number) => { digit: number, probabilities: number[], no_digit: number }} */
const reading = (probabilities, no_digit) =>
  ({ digit: 8, probabilities: Array.from({ length: 10 }, (_, digit) => probabilities[digit] ?? 0), no_digit });

/** @param {number[]} shares */
const percentages = (shares) => shares.map((share) => Math.round(100 * share));

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

test("the probability of a digit counts that the drawing may not be a digit", () => {
  const shown = outcomes(reading({ 8: 0.9, 3: 0.1 }, 0.25));
  assert.ok(Math.abs(sum(shown) - 1) < 1e-12);
  assert.deepEqual([shown[8], shown[3], shown[CLASS_NOT_DIGIT]].map((share) => share.toFixed(3)), ["0.675", "0.075", "0.250"]);
});

test("the rounded percentages sum to 100, and keep their order", () => {
  for (let round = 0; round < 500; round++) {
    const random = Array.from({ length: 10 }, () => Math.random() ** (1 + round % 9));
    const probabilities = random.map((value) => value / sum(random));
    const one = { digit: 0, probabilities, no_digit: Math.random() ** (1 + round % 7) };
    const [exact, rounded] = [outcomes(one), percentages(roundedOutcomes(one))];
    assert.equal(sum(rounded), 100);
    for (let i = 0; i < 11; i++) {
      assert.ok(Math.abs(rounded[i] - 100 * exact[i]) < 1 + 1e-9);
      for (let j = 0; j < 11; j++) assert.ok(exact[i] <= exact[j] || rounded[i] >= rounded[j]);
    }
  }
});

test("whole percentages stay as they are", () => {
  assert.deepEqual(
    percentages(roundedOutcomes(reading({ 8: 0.57, 3: 0.29, 2: 0.14 }, 0))), [0, 0, 14, 29, 0, 0, 0, 0, 57, 0, 0],
  );
});

test("a reading without a digit has the answer “not a digit”", () => {
  assert.equal(answerOf(reading({ 8: 1 }, 0.2)), 8);
  assert.equal(answerOf({ ...reading({ 8: 1 }, 0.6), digit: null }), CLASS_NOT_DIGIT);
});
