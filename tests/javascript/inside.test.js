// Test that requests about the inside of the network are paced, and shed under load.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../assets/page/requests.js";
import { Paced } from "../../assets/page/inside.js";
import { parseActivations, parseCutouts, withMaps } from "../../assets/shared/activations.js";
import { evidenceOf } from "../../assets/shared/occlusion.js";

/**
 * Stop the time of a test. Return a function that lets milliseconds pass, one after the other.
 * @param {import("node:test").TestContext} context
 */
function stoppedTime({ mock }) {
  let now = 0;
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  mock.method(performance, "now", () => now);
  return async (/** @type {number} */ milliseconds) => {
    for (const end = now + milliseconds; now < end;) {
      now++;
      mock.timers.tick(1);
      await new Promise(setImmediate); // Promises are settled before the next millisecond.
    }
  };
}

/** Return requests of which a test settles each one, what was sent and when, and the results that are shown. */
function requests() {
  /** @type {{ value: number, time: number, resolve: (result: string) => void, reject: (error: Error) => void }[]} */
  const sent = [];
  /** @type {string[]} */
  const shown = [];
  /** @type {string[]} */
  const failed = [];
  const paced = new Paced(
    (/** @type {number} */ value) =>
      new Promise((resolve, reject) => sent.push({ value, time: performance.now(), resolve, reject })),
    (/** @type {string} */ result) => shown.push(result),
    (error) => failed.push(error.message),
  );
  return { paced, sent, shown, failed };
}

test("one request is under way, the newest follows, and never more than ten are sent in a second", async (context) => {
  const wait = stoppedTime(context);
  const { paced, sent, shown } = requests();
  for (const value of [1, 2, 3]) paced.ask(value);
  await wait(50);
  assert.deepEqual(sent.map(({ value }) => value), [3]);
  for (const value of [4, 5]) paced.ask(value);
  await wait(120);
  assert.equal(sent.length, 1);
  sent[0].resolve("three");
  await wait(50);
  sent[1].resolve("five");
  paced.ask(6);
  await wait(150);
  assert.deepEqual(sent.map(({ value }) => value), [3, 5, 6]);
  assert.equal(sent[2].time - sent[1].time, 100);
  assert.deepEqual(shown, ["three", "five"]);
});

test("a refused request is sent again after the time that the server says, or a newer one in its place", async (context) => {
  const wait = stoppedTime(context);
  const { paced, sent, failed } = requests();
  paced.ask(1);
  await wait(50);
  sent[0].reject(new ApiError("busy", "Too many requests.", 200));
  await wait(150);
  assert.equal(sent.length, 1);
  await wait(80);
  assert.equal(sent[1].value, 1);
  paced.ask(2);
  sent[1].reject(new ApiError("error", "This model cannot be shown."));
  await wait(130);
  assert.deepEqual([sent[2].value, failed], [2, ["This model cannot be shown."]]);
});

test("a request waits for a pause of the answers, but not longer than a tenth of a second", async (context) => {
  const wait = stoppedTime(context);
  const { paced, sent } = requests();
  const asking = setInterval(() => paced.ask(1), 10);
  await wait(150);
  clearInterval(asking);
  assert.deepEqual(sent.map(({ time }) => time), [110]); // The first of them was at 10 ms.
});

test("a request that waits can be forgotten", async (context) => {
  const wait = stoppedTime(context);
  const { paced, sent } = requests();
  paced.ask(1);
  paced.stop();
  await wait(60);
  assert.equal(sent.length, 0);
});

test("the answer of /api/activations is parsed, and some maps can be taken from a layer", () => {
  const layer = { offset: 16, scale: 2, name: "c", kind: "maps", height: 1, width: 2, count: 3, maps: [0, 1, 2], weights: null };
  const header = JSON.stringify({
    layers: [layer], image: null, ledger: { empty: [0, 1], offset: 0, columns: 2, centered: false, strongest: [] },
  });
  const text = new TextEncoder().encode(header.padEnd(4 * Math.ceil(header.length / 4)));
  const bytes = new Uint8Array(4 + text.length + 16 + 6);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), 4 + text.length);
  bytes.set([1, 2, 3, 4, 255, 6], 4 + text.length + 16);
  const { layers: [parsed], ledger } = parseActivations(bytes.buffer);
  assert.deepEqual([...parsed.values], [1, 2, 3, 4, -1, 6]);
  assert.deepEqual(ledger?.rows.map((row) => [...row]), [[1, 2], [3, 4]]);
  assert.deepEqual([...withMaps(parsed, [2, 0]).values], [-1, 6, 1, 2]);
});

test("the ink of a block has the color of its effect, on the fixed scale of the layer", () => {
  const image = new Uint8Array(784);
  image[0] = image[28 * 4 + 4] = image[12] = 255;
  image[1] = 51;
  const erased = Array.from({ length: 49 }, () => 0);
  erased[0] = -0.5; // Without the first block, the cell would be lower: its ink raises it.
  erased[8] = 3;
  const evidence = evidenceOf(erased, image, 1);
  assert.deepEqual([evidence[0], evidence[1], evidence[28 * 4 + 4], evidence[12], evidence[2]], [64, 13, -127, 0, 0]);
});

test("the answer of /api/cutouts is parsed", () => {
  const header = new TextEncoder().encode('{"maps":[2],"count":9,"size":5} ');
  const bytes = new Uint8Array(4 + header.length + 2);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set([7, 8], 4 + header.length);
  const { maps, count, size, picture } = parseCutouts(bytes.buffer);
  assert.deepEqual([maps, count, size, ...new Uint8Array(picture)], [[2], 9, 5, 7, 8]);
});
