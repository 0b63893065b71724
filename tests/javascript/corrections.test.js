// Test storing and undoing corrections with a fake function `fetch`.

/** @import { Answer } from "../../assets/shared/answers.js" */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { offerCorrection, storeCorrection, undoCorrection } from "../../assets/page/corrections.js";
import { viewOf } from "../../assets/shared/answers.js";

/** @type {[number, number][][]} */
const STROKES = [[[0.1, 0.2]], [[0.6, 0.2]], [[0.7, 0.3]]];
/** @type {Answer} */
const ANSWER = {
  id: 1, number: "74", verdict: "digit", marks: [], doubt: null, current: 0, milliseconds: {}, strokes: STROKES,
  readings: [[0], [1, 2]].map((strokes, index) => ({
    digit: [7, 4][index], verdict: "digit", probabilities: [], no_digit: 0, several: 0, image: new Uint8Array(784), box: null, strokes,
  })),
};

const realFetch = globalThis.fetch;
afterEach(() => { globalThis.fetch = realFetch; });

/** @type {(payload: unknown, status?: number) => Response} */
const json = (payload, status = 200) => new Response(JSON.stringify(payload), { status });

/** @type {(target: string, label: string) => Promise<any>} */
const store = (target, label) => storeCorrection(offered(ANSWER, target, label), viewOf(ANSWER));

/** @type {(answer: Answer, target: string, label: string) => any} the value of the component after a click on a label */
const offered = (answer, target, label) => ({
  ...offerCorrection(viewOf(answer)), request: { target, label, stores: true, learns: false },
});

test("a correction has the strokes that the server has read, whatever is on the pad now", async () => {
  /** @type {any[]} */
  const bodies = [];
  globalThis.fetch = async (_, options) => {
    bodies.push(JSON.parse(String(options?.body)));
    return json({ token: `token ${bodies.length}` });
  };
  await store("1", "9");
  assert.deepEqual(bodies, [{ strokes: STROKES.slice(1), label: "9" }]);
});

test("if one of several corrections cannot be undone, the page says so and keeps the others", async () => {
  globalThis.fetch = async () => json({ token: "token" });
  await store("0", "1");
  const offer = await store("1", "9");
  assert.deepEqual(Object.keys(offer.stored), ["0", "1"]);
  globalThis.fetch = async () => json({ detail: "The disk is full." }, 503);
  const after = await undoCorrection({ ...offer, request: { targets: ["0", "1"] } });
  assert.deepEqual(after?.outcome, { failed: "notUndone", error: "The disk is full." });
  assert.deepEqual(Object.keys(after?.stored ?? {}), ["0", "1"]);
});

test("a click before the page offers to correct the newest answer is about the newest answer", async () => {
  /** @type {Answer} */
  const part = { ...ANSWER, id: 11, number: "7", readings: ANSWER.readings.slice(0, 1) };
  const whole = { ...part, id: 12, number: "4", readings: [{ ...ANSWER.readings[1] }] };
  /** @type {any[]} */
  const bodies = [];
  globalThis.fetch = async (_, options) => {
    bodies.push(JSON.parse(String(options?.body)));
    return json({ token: "token" });
  };
  const after = /** @type {any} */ (await storeCorrection(offered(part, "0", "1"), viewOf(whole)));
  assert.deepEqual([after.id, after.stored["0"].label], [12, "1"]);
  assert.deepEqual(bodies, [{ strokes: STROKES.slice(1), label: "1" }]);
});

test("such a click stores nothing if the newest answer has several digits, has the label, lacks the digit, or is of a picture", async () => {
  globalThis.fetch = async () => assert.fail("A request was sent.");
  /** @type {Answer} */
  const part = { ...ANSWER, id: 21, number: "7", readings: ANSWER.readings.slice(0, 1) };
  const several = /** @type {any} */ (await storeCorrection(offered(part, "0", "1"), viewOf({ ...ANSWER, id: 22 })));
  assert.deepEqual([several.id, several.stored], [22, {}]);
  const read = { ...part, id: 23, number: "4", readings: [{ ...ANSWER.readings[1] }] };
  const same = /** @type {any} */ (await storeCorrection(offered(part, "0", "4"), viewOf(read)));
  assert.deepEqual([same.id, same.stored], [23, {}]);
  const second = /** @type {any} */ (await storeCorrection(offered({ ...ANSWER, id: 25 }, "1", "9"), viewOf(read)));
  assert.deepEqual([second.id, second.stored], [23, {}]);
  const picture = { ...part, id: 24, strokes: [] };
  assert.deepEqual(await storeCorrection(offered(part, "0", "1"), viewOf(picture)), { picture: true });
});
