// Test the API client with a fake function `fetch`.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import * as api from "../../assets/page/api_client.js";

const IMAGE = Array.from({ length: 28 }, (_, row) => Array(28).fill(row));
const ANSWER = {
  number: "7", verdict: "digit", reason: "This is 7.", current: 0, milliseconds: { network: 2 }, digit: 7,
  readings: [{ digit: 7, verdict: "digit", probabilities: [], image: IMAGE, box: null, strokes: [0] }],
};

const realFetch = globalThis.fetch;
afterEach(() => { globalThis.fetch = realFetch; });

// Make `fetch` give these responses, one for each request. Return the list of requests, which grows with each request.
/** @type {(...responses: (Response | Error)[]) => { path: string, body: any }[]} */
function answerWith(...responses) {
  /** @type {{ path: string, body: any }[]} */
  const requests = [];
  globalThis.fetch = async (path, options) => {
    requests.push({ path: String(path), body: options?.body });
    const response = responses.shift();
    if (!response || response instanceof Error) throw response;
    return response;
  };
  return requests;
}

const json = (/** @type {unknown} */ payload, status = 200) => new Response(JSON.stringify(payload), { status });

test("a drawing is posted, and the images of the answer are bytes", async () => {
  const requests = answerWith(json({ data: [ANSWER] }));
  const { number, readings: [reading] } = await api.predict([[[0.1, 0.2]]]);
  assert.deepEqual(requests, [{ path: "gradio_api/run/predict", body: '{"data":[{"strokes":[[[0.1,0.2]]]}]}' }]);
  assert.equal(number, "7");
  assert.ok(reading.image instanceof Uint8Array);
  assert.deepEqual([reading.image.length, reading.image[28]], [784, 1]);
});

test("an image is sent as rows", async () => {
  const requests = answerWith(json({ data: [{ evidence: IMAGE }] }));
  const evidence = await api.explain(Uint8Array.from(IMAGE.flat()), 7, null);
  assert.deepEqual(JSON.parse(requests[0].body), { data: [{ image: IMAGE }, 7, null] });
  assert.deepEqual([evidence.length, evidence[783]], [784, 27]);
});

test("a picture is uploaded, and then read", async () => {
  const requests = answerWith(new Response("pixels"), json(["/tmp/picture"]), json({ data: [ANSWER] }));
  await api.predictImage("blob:1");
  assert.deepEqual(requests.map(({ path }) => path), ["blob:1", "gradio_api/upload", "gradio_api/run/predict_image"]);
  assert.equal(JSON.parse(requests[2].body).data[0].path, "/tmp/picture");
});

/** @type {[string, () => Response | Error, string, string][]} */
const FAILURES = [
  ["a rejection", () => json({ error: "Too many points." }, 422), "error", "Too many points."],
  ["an overloaded server", () => json({ error: "Try again." }, 503), "busy", "Try again."],
  ["the HTML of a proxy with 413", () => new Response("<h1>Too large</h1>", { status: 413 }), "error", ""],
  ["the HTML of a proxy with 502", () => new Response("<h1>Bad gateway</h1>", { status: 502 }), "offline", ""],
  ["HTML in place of an answer", () => new Response("<h1>Sign in</h1>"), "offline", ""],
  ["a server that does not answer", () => new TypeError("Failed to fetch"), "offline", ""],
];
for (const [name, response, state, message] of FAILURES) {
  test(`${name} gives the state “${state}”`, async () => {
    answerWith(response());
    await assert.rejects(api.predict([[[0.1, 0.2]]]), (/** @type {any} */ error) => {
      assert.ok(error instanceof api.ApiError);
      assert.deepEqual([error.state, error.message], [state, message]);
      return true;
    });
  });
}
