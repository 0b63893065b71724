// Test the sentences of the answer component.

/** @import { Answer, Reading, Verdict } from "../../assets/shared/answers.js" */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  attributionText, certaintyText, percentText, reasonText, timingText,
} from "../../assets/components/answer/sentences.js";
import { BLANK, selectedReading, viewOf, withoutAnswer } from "../../assets/shared/answers.js";
import { setTexts } from "../../assets/shared/text.js";

const ENGLISH = new URL("../../assets/locales/en.json", import.meta.url);
setTexts("en", JSON.parse(readFileSync(ENGLISH, "utf8")).texts);

/** @type {(verdict: Verdict, first?: number, second?: number, no_digit?: number) => Reading} */
function reading(verdict, first = 4, second = 9, no_digit = verdict === "not a digit" ? 0.9 : 0) {
  const probabilities = Array(10).fill(0);
  [probabilities[first], probabilities[second]] = [0.6, 0.4];
  const digit = verdict === "digit" || verdict === "unsure" ? first : null;
  return { digit, verdict, probabilities, no_digit, several: 0, image: new Uint8Array(784), box: null, strokes: [0] };
}

/** @type {(...readings: Reading[]) => Answer} */
function answer(...readings) {
  const order = /** @type {const} */ (["not a digit", "unsure", "digit", "blank"]);
  const verdict = order.find((each) => readings.some((one) => one.verdict === each)) ?? "blank";
  const number = readings.map(({ digit }) => digit ?? "?").join("");
  return { id: 1, number, verdict, readings, marks: [], doubt: null, current: readings.length - 1, milliseconds: {}, strokes: [] };
}

test("the reason follows the verdict", () => {
  assert.equal(reasonText(viewOf(answer(reading("digit")))), "This is 4.");
  assert.equal(reasonText(viewOf(answer(reading("unsure")))), "This could be 4 or 9.");
  assert.equal(reasonText(viewOf(answer(reading("not a digit")))), "Not a digit. If it were one: 4.");
  const several = { ...reading("not a digit"), several: 0.6 };
  assert.equal(reasonText(viewOf(answer(several))), "Several digits that touch? Leave a gap between them.");
  assert.match(reasonText(viewOf(answer(reading("blank")))), /The program looks for narrow lines/);
  assert.match(reasonText(BLANK), /appears here/);
});

test("the reason names the doubt about a number whose digits are sure", () => {
  const sure = answer(reading("digit"), reading("digit"));
  const reasonOf = (/** @type {Partial<Answer>} */ changes) => reasonText(viewOf({ ...sure, ...changes }));
  assert.equal(reasonOf({ number: "4.4", marks: [{ kind: ".", box: [0, 0, 0, 0] }] }), "This is 4.4.");
  assert.equal(reasonOf({ verdict: "unsure", number: "4?4", doubt: "sign" }), "A sign in 4?4 may not be a digit.");
  assert.match(reasonOf({ verdict: "unsure", doubt: "two lines" }), /two lines of digits/);
  assert.match(reasonOf({ verdict: "unsure", doubt: "lost part" }), /left out/);
  assert.match(reasonOf({ verdict: "unsure", doubt: "ring" }), /ring/);
});

test("the reason says what the two highest bars say", () => {
  const reasonOf = (/** @type {Verdict} */ verdict, /** @type {number} */ noDigit) =>
    reasonText(viewOf(answer(reading(verdict, 4, 9, noDigit))));
  assert.equal(reasonOf("unsure", 0.2), "This could be 4 or 9."); // 48 %, 32 % and 20 %
  assert.equal(reasonOf("unsure", 0.3), "This could be 4, or not a digit."); // 42 %, 28 % and 30 %
  assert.equal(reasonOf("not a digit", 0.5), "Not a digit. If it were one: 4.");
});

test("the percentage is that of the selected digit, and in a number it names this digit", () => {
  assert.equal(percentText(viewOf(answer(reading("unsure", 4, 9, 0.1)))), "54 %");
  assert.equal(percentText(viewOf(answer(reading("not a digit")))), "90 %");
  const view = viewOf(answer(reading("digit", 7), reading("not a digit")));
  assert.equal(percentText(view), "?: 90 %");
  assert.equal(percentText({ ...view, selection: { reading: 0, contrast: null } }), "7: 60 %");
  assert.equal(percentText(viewOf(answer(reading("blank")))), "");
  assert.equal(percentText(BLANK), "");
});

test("the reason of a number is that of its least certain digit", () => {
  assert.equal(reasonText(viewOf(answer(reading("digit", 7), reading("digit")))), "This is 74.");
  assert.equal(
    reasonText(viewOf(answer(reading("digit", 7), reading("unsure")))), "Position 2 of 74: This could be 4 or 9.",
  );
});

test("without an answer, the reason is the state of the connection", () => {
  assert.match(reasonText(withoutAnswer({ state: "offline" })), /does not answer/);
  assert.match(reasonText(withoutAnswer({ state: "error" })), /could not read/);
  assert.equal(reasonText(withoutAnswer({ state: "error", message: "Too large." })), "Too large.");
});

test("the digit that was drawn last is selected", () => {
  const view = viewOf(answer(reading("digit", 7), reading("digit", 4)));
  assert.equal(selectedReading(view)?.digit, 4);
  assert.equal(selectedReading(BLANK), undefined);
});

test("the caption of the attribution names the digit and the contrast", () => {
  const view = viewOf(answer(reading("digit", 7)));
  assert.equal(attributionText(view), "Why 7");
  assert.equal(attributionText({ ...view, selection: { reading: 0, contrast: 1 } }), "Why 7, not 1");
  const none = viewOf(answer(reading("not a digit")));
  assert.equal(attributionText(none), "Why not a digit");
  assert.equal(attributionText({ ...none, selection: { reading: 0, contrast: 9 } }), "Why not 9");
  assert.equal(attributionText(BLANK), "");
});

test("the certainty follows the verdict", () => {
  assert.deepEqual(
    [reading("digit"), reading("unsure"), reading("not a digit"), reading("blank"), undefined].map(certaintyText),
    ["sure", "unsure", "not a digit", "", ""],
  );
});

test("the timing leaves out steps without a duration", () => {
  assert.equal(timingText({ ink: 1, normalization: 2.25, network: 12.3 }), "normalize 3.3 ms · network 12 ms");
  assert.equal(timingText({}), "");
});
