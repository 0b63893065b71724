// API client: one function for each endpoint, with the endpoint's name.
//
// Gradio's own requests are not used, for three reasons. With “always_last”, two changes within a few milliseconds send
// two requests. If a request fails, the last change is lost. If the server stops, Gradio reloads the page.

/** @import { Answer, Connection } from "../shared/answers.js" */
/** @import { Stroke } from "../shared/strokes.js" */

// All addresses of the server that the page calls, relative to the page.
const UPLOAD_PATH = "gradio_api/upload";
const endpointPath = (/** @type {string} */ name) => `gradio_api/run/${name}`;

// Milliseconds until a request fails.
const TIMEOUT = 10_000;
const UPLOAD_TIMEOUT = 60_000;
const SIDE = 28;

/** The server rejects a request, or does not answer. `state` is the connection's state. */
export class ApiError extends Error {
  /**
   * @param {Connection["state"]} state
   * @param {string} [message] the server's message
   */
  constructor(state, message) {
    super(message);
    this.state = state;
  }
}

/**
 * Read a digit or a number from strokes.
 * @param {Stroke[]} strokes
 */
export const predict = async (strokes) => toAnswer(await call("predict", { strokes }));

/**
 * Read a digit or a number from a picture.
 * @param {string} address an object URL
 */
export async function predictImage(address) {
  const form = new FormData();
  form.append("files", await (await fetch(address)).blob(), "picture");
  const [path] = await post(UPLOAD_PATH, form, UPLOAD_TIMEOUT);
  return toAnswer(await call("predict_image", { path, meta: { _type: "gradio.FileData" } }));
}

/**
 * Return how much each pixel contributed to an answer, as 28×28 numbers from -127 to 127.
 * @param {Uint8Array} image
 * @param {number | null} digit the answer to explain; null for “not a digit”
 * @param {number | null} contrast the digit to compare the answer with; null for all other digits
 */
export async function explain(image, digit, contrast) {
  const { evidence } = await call("explain", { image: toRows(image) }, digit, contrast);
  return Int8Array.from(evidence.flat());
}

/**
 * Read one digit with every model.
 * @param {Uint8Array} image
 */
export const compare = (image) => call("compare", { image: toRows(image) });

/**
 * Return the intermediate images of normalization.
 * @param {Stroke[]} strokes
 */
export const steps = (strokes) => call("steps", { strokes });

/** Return the measurements of the network. */
export const about = () => call("about");

/**
 * Store a correction.
 * @param {Stroke[]} strokes
 * @param {string} label
 */
export const correct = (strokes, label) => call("correct", { strokes }, label);

/** @type {(endpoint: string, ...data: unknown[]) => Promise<any>} */
async function call(endpoint, ...data) {
  const payload = await post(endpointPath(endpoint), JSON.stringify({ data }), TIMEOUT);
  return payload.data[0];
}

/** @type {(path: string, body: string | FormData, timeout: number) => Promise<any>} */
async function post(path, body, timeout) {
  /** @type {HeadersInit} */
  const headers = body instanceof FormData ? {} : { "Content-Type": "application/json" };
  let response, payload;
  try {
    response = await fetch(path, { method: "POST", headers, body, signal: AbortSignal.timeout(timeout) });
    payload = await response.json();
  } catch {
    // The body may be the HTML of a proxy. With 4xx, the request was rejected. Otherwise, the server is down or its
    // answer cannot be read.
    const rejected = response && response.status >= 400 && response.status < 500;
    throw new ApiError(rejected ? "error" : "offline");
  }
  if (!response.ok) throw new ApiError(response.status === 503 ? "busy" : "error", payload.error);
  return payload;
}

// Return the part of an answer that the page needs, with images as bytes. Gradio copies every answer several times, and
// copying arrays of numbers takes longer than the request itself.
/** @type {(payload: any) => Omit<Answer, "id">} */
function toAnswer({ number, verdict, readings, current, milliseconds }) {
  return {
    number, verdict, current, milliseconds,
    readings: readings.map((/** @type {any} */ reading) => ({ ...reading, image: Uint8Array.from(reading.image.flat()) })),
  };
}

/** @param {Uint8Array} image */
const toRows = (image) => Array.from({ length: SIDE }, (_, row) => [...image.subarray(SIDE * row, SIDE * (row + 1))]);
