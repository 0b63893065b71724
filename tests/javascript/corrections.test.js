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
const store = (target, label) =>
  storeCorrection({ .../** @type {any} */ (offerCorrection(viewOf(ANSWER))), request: { target, label, stores: true, learns: false } });

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
