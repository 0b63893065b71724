// Test the API client with a fake function `fetch`.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import * as api from "../../assets/page/api_client.js";
import { ApiError } from "../../assets/page/requests.js";

const PIXELS = Uint8Array.from({ length: 784 }, (_, index) => index % 256);
const IMAGE = Buffer.from(PIXELS).toString("base64");
const ANSWER = {
  number: "7", verdict: "digit", reason: "This is 7.", current: 0, milliseconds: { network: 2 },
  readings: [{ digit: 7, verdict: "digit", probabilities: [], image: IMAGE, box: null, strokes: [0] }],
};

const realFetch = globalThis.fetch;
afterEach(() => { globalThis.fetch = realFetch; });

// Make `fetch` give these responses, one for each request. Return the list of requests, which grows with each request.
/** @type {(...responses: (Response | Error)[]) => { path: string, method?: string, body: any }[]} */
function answerWith(...responses) {
  /** @type {{ path: string, method?: string, body: any }[]} */
  const requests = [];
  globalThis.fetch = async (path, options) => {
    requests.push({ path: String(path), method: options?.method, body: options?.body });
    const response = responses.shift();
    if (!response || response instanceof Error) throw response;
    return response;
  };
  return requests;
}

/** @type {(payload: unknown, status?: number, headers?: Record<string, string>) => Response} */
const json = (payload, status = 200, headers = {}) => new Response(JSON.stringify(payload), { status, headers });

test("a drawing is posted, and the images of the answer are bytes", async () => {
  const requests = answerWith(json(ANSWER));
  const { number, readings: [reading] } = await api.predict([[[0.1, 0.2]]]);
  assert.deepEqual(requests, [{ path: "api/predict", method: "POST", body: '{"strokes":[[[0.1,0.2]]]}' }]);
  assert.equal(number, "7");
  assert.deepEqual(reading.image, PIXELS);
});

test("a drawing that is too large for a request is sent with fewer points and strokes", async () => {
  const requests = answerWith(json(ANSWER), json(ANSWER));
  await api.predict([Array.from({ length: 20_000 }, (_, i) => [Math.round(i / 2) / 1e4, 0.1234])]);
  await api.predict(Array.from({ length: 20_000 }, () => [[0.1234, 0.5678]]));
  const [points, strokes] = requests.map(({ body }) => JSON.parse(body).strokes);
  assert.deepEqual([points.length, points[0].length, strokes.length], [1, 10_001, 501]);
  assert.ok(requests.every(({ body }) => body.length < 256_000));
});

test("an image is sent as base64 text, and the attribution has signed bytes", async () => {
  const requests = answerWith(json({ evidence: IMAGE }));
  const evidence = await api.explain(PIXELS, 7, null);
  assert.deepEqual(JSON.parse(requests[0].body), { image: IMAGE, digit: 7, rather_than: null });
  assert.deepEqual([evidence.length, evidence[1], evidence[255]], [784, 1, -1]);
});

test("the images of the steps are bytes", async () => {
  answerWith(json({ steps: [{ name: "ink", width: 28, height: 28, image: IMAGE }] }));
  assert.deepEqual((await api.steps([])).steps, [{ name: "ink", width: 28, height: 28, image: PIXELS }]);
});

test("a picture is sent as a form", async () => {
  const requests = answerWith(json(ANSWER));
  await api.predictImage(new Blob(["pixels"]));
  assert.deepEqual(requests.map(({ path }) => path), ["api/predict_image"]);
  assert.equal(await requests[0].body.get("picture").text(), "pixels");
});

test("an overloaded server says when it accepts a request again", async () => {
  answerWith(json({ detail: "Try again." }, 503, { "Retry-After": "2" }));
  await assert.rejects(api.predict([]), (/** @type {any} */ error) => error.retryAfter === 2000);
});

/** @type {[string, () => Response | Error, string, string][]} */
const FAILURES = [
  ["a rejection", () => json({ detail: "Too many points." }, 422), "error", "Too many points."],
  ["an overloaded server", () => json({ detail: "Try again." }, 503), "busy", "Try again."],
  ["the HTML of a proxy with 413", () => new Response("<h1>Too large</h1>", { status: 413 }), "error", ""],
  ["the HTML of a proxy with 502", () => new Response("<h1>Bad gateway</h1>", { status: 502 }), "offline", ""],
  ["HTML in place of an answer", () => new Response("<h1>Sign in</h1>"), "offline", ""],
  ["a server that does not answer", () => new TypeError("Failed to fetch"), "offline", ""],
];
for (const [name, response, state, message] of FAILURES) {
  test(`${name} gives the state “${state}”`, async () => {
    answerWith(response());
    await assert.rejects(api.predict([[[0.1, 0.2]]]), (/** @type {any} */ error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.state, error.message], [state, message]);
      return true;
    });
  });
}
