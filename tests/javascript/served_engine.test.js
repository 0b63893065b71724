// Test how the engine of a served page takes over from the server, with a fake engine and a fake function `fetch`.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import * as api from "../../assets/page/api_client.js";
import { CHECKED, ServedEngine } from "../../assets/page/served_engine.js";

const PIXELS = new Uint8Array(784);
const READING = { digit: 7, verdict: "digit", probabilities: [0.9], no_digit: 0.1, several: 0, box: [0, 0, 1, 1], strokes: [0] };
const ANSWER = { number: "7", verdict: "digit", doubt: null, current: 0, marks: [], milliseconds: { network: 2 } };
const SERVED = { ...ANSWER, readings: [{ ...READING, image: Buffer.from(PIXELS).toString("base64") }] };
/** @type {import("../../assets/shared/strokes.js").Stroke[]} */
const STROKES = [[[0.1, 0.2]]];

const [realFetch, realInfo] = [globalThis.fetch, console.info];
/** @type {string[]} */
let messages = [];
let requests = 0;

// Make the server answer, and return a fake engine that gives `own` in place of the server's reading.
/** @type {(own?: object) => any} */
function fakeEngine(own = {}) {
  [messages, requests] = [[], 0];
  console.info = (message) => messages.push(message);
  globalThis.fetch = async () => {
    requests++;
    return new Response(JSON.stringify(SERVED));
  };
  return {
    network: "1234",
    loadFeatures: async () => {},
    predict: async () => ({ ...ANSWER, readings: [{ ...READING, image: PIXELS, ...own }] }),
  };
}

// Ask the server for answers, until the engine may have compared enough of them.
/** @param {ServedEngine} served */
async function answerOften(served) {
  for (let i = 0; i < CHECKED; i++) await api.predict(STROKES);
  await served.proceed();
  requests = 0;
}

afterEach(() => {
  [globalThis.fetch, console.info] = [realFetch, realInfo];
  api.answerLocally({});
});

test("the engine answers after some answers that were equal to those of the server", async () => {
  const engine = fakeEngine({ probabilities: [0.90009] });
  const served = new ServedEngine(async () => engine, CHECKED);
  await api.predict(STROKES);
  await served.proceed();
  await api.predict(STROKES);
  assert.equal(requests, 2, "one equal answer is not enough");
  await answerOften(served);
  const { readings, milliseconds } = await api.predict(STROKES);
  assert.deepEqual([requests, readings[0].probabilities, milliseconds.roundTrip], [0, [0.90009], undefined]);
  assert.deepEqual(messages, []);
});

test("the server stays in charge after an answer of the engine that differs, and the console says so once", async () => {
  for (const own of [{ digit: 1 }, { probabilities: [0.9002] }, { box: [0, 0, 1, 0.9] }, { image: PIXELS.map(() => 1) }]) {
    const engine = fakeEngine(own);
    const served = new ServedEngine(async () => engine, CHECKED);
    await answerOften(served);
    await answerOften(served);
    await api.predict(STROKES);
    assert.deepEqual([requests, messages.length], [1, 1], JSON.stringify(own));
  }
});

test("the server stays in charge if the engine cannot be loaded, and the console gives the reason", async () => {
  fakeEngine();
  const refused = "digits cannot be exported, because the browser's engine does not have its layer “one”.";
  await answerOften(new ServedEngine(async () => { throw new Error(refused); }, CHECKED));
  await api.predict(STROKES);
  assert.deepEqual([requests, messages], [1, [`The server reads all drawings: ${refused}`]]);
});

test("the server answers again if the engine fails", async () => {
  const engine = fakeEngine();
  const served = new ServedEngine(async () => engine, CHECKED);
  await answerOften(served);
  engine.predict = async () => { throw new RangeError("no memory"); };
  const { number } = await api.predict(STROKES);
  assert.deepEqual([number, requests, messages], ["7", 1, ["The server reads all drawings: no memory"]]);
});

test("the server shows the layers of another network", async () => {
  const engine = { ...fakeEngine(), activations: () => null };
  await answerOften(new ServedEngine(async () => engine, CHECKED));
  await api.activations({ model: "other", image: PIXELS }).catch(() => {});
  assert.equal(requests, 1);
});
