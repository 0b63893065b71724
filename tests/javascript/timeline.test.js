// The timeline: which answers it records, and when the answer was found.

/** @import { Answer, Reading } from "../../assets/shared/answers.js" */
/** @import { Stroke } from "../../assets/shared/strokes.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { courseOf } from "../../assets/components/timeline/course.js";
import { Recording } from "../../assets/components/timeline/recording.js";

/** @type {Stroke} */
const STROKE = [[0.2, 0.2], [0.3, 0.4], [0.5, 0.7], [0.6, 0.6]];
/** @type {Stroke} */
const OTHER = [[0.7, 0.1], [0.8, 0.2]];

let answers = 0;

/**
 * Return an answer to strokes, with one reading.
 * @type {(strokes: Stroke[], reading?: Partial<Reading>, digit?: number, share?: number) => Answer}
 */
function answerTo(strokes, reading = {}, digit = 4, share = 0.9) {
  const probabilities = Array.from({ length: 10 }, (_, index) => (index === digit ? share : (1 - share) / 9));
  /** @type {Reading} */
  const whole = {
    digit, verdict: "digit", probabilities, no_digit: 0, several: 0, image: new Uint8Array(784),
    box: [0.2, 0.2, 0.6, 0.8], strokes: [0], ...reading,
  };
  return {
    id: ++answers, number: String(digit), verdict: whole.verdict, strokes, readings: [whole], current: 0, marks: [],
    doubt: null, milliseconds: {},
  };
}

/**
 * Record answers that arrive 100 ms apart.
 * @param {...Answer} added
 */
function recorded(...added) {
  const recording = new Recording();
  added.forEach((answer, index) => recording.add(answer, 100 * index));
  return recording.moments;
}

test("the timeline goes on with each stroke, undo and erased piece, and begins again with another drawing", () => {
  const whole = answerTo([STROKE, OTHER]);
  const first = answerTo([STROKE]);
  const cut = answerTo([[STROKE[0], [0.25, 0.3]], [[0.4, 0.6], ...STROKE.slice(2)]]);
  assert.deepEqual(recorded(first, whole, first, cut).map(({ time }) => time), [0, 100, 200, 300]);
  assert.equal(recorded(whole, answerTo([STROKE.slice(2)])).length, 2); // The piece with the first point is erased.
  assert.equal(recorded(whole, answerTo([[[0.9, 0.9], [0.8, 0.9]]])).length, 1);
  assert.equal(recorded(whole, answerTo([STROKE.slice(0, 1)])).length, 1); // An example is drawn again.
});

test("a pause counts little, and an answer to the same drawing replaces the last one", () => {
  const recording = new Recording();
  const [first, second] = [answerTo([STROKE]), answerTo([STROKE, OTHER])];
  recording.add(first, 1000);
  recording.add(second, 61_000);
  recording.add({ ...second, number: "5" }, 62_000);
  assert.deepEqual(recording.moments.map(({ time }) => time), [0, 200]);
  assert.equal(recording.moments[1].answer.number, "5");
});

test("a long drawing keeps at most 500 moments, the first and the newest ones too", () => {
  const recording = new Recording();
  const all = Array.from({ length: 1500 }, () => answerTo([STROKE]));
  all.forEach((answer, index) => recording.add(answer, index));
  assert.ok(recording.moments.length <= 500);
  assert.equal(recording.moments[0].answer, all[0]);
  assert.equal(recording.moments[recording.moments.length - 1].answer, all[1499]);
});

test("the marks say since when the answer has been the likeliest one, and since when it has been sure", () => {
  const nine = answerTo([STROKE], {}, 9);
  const four = answerTo([STROKE]);
  const unsure = answerTo([STROKE], { verdict: "unsure" }, 4, 0.6);
  const course = courseOf(recorded(four, nine, unsure, four, four), four.readings[0]);
  assert.deepEqual([course.leads, course.sure, course.likeliest[0], course.likeliest[1]], [2, 3, 4, 9]);
  const rejected = answerTo([STROKE], { digit: null, no_digit: 0.9, verdict: "not a digit" });
  const ends = courseOf(recorded(four, rejected), rejected.readings[0]);
  assert.deepEqual([ends.leads, ends.sure, ends.likeliest.slice(0, 2)], [1, null, [10, 4]]);
});

test("in a number, the timeline follows the selected digit, and is empty until this digit is begun", () => {
  const left = answerTo([STROKE], { box: [0.1, 0.2, 0.4, 0.8] });
  const right = answerTo([STROKE, OTHER], { box: [0.6, 0.2, 0.9, 0.8] }, 7);
  const both = { ...right, readings: [...left.readings, ...right.readings], current: 1 };
  const { shares, leads } = courseOf(recorded(left, both), right.readings[0]);
  assert.equal(shares[0], null);
  assert.equal(shares[1]?.[7], 0.9);
  assert.equal(leads, 1);
});
