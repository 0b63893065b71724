// API client. Each endpoint of the API has one function here, with the endpoint's name.
//
// The page does not use Gradio's own requests, for three reasons:
// - With Gradio's setting “always_last”, two changes within a few milliseconds send two requests.
// - If a request of Gradio fails, the last change is lost.
// - If the server stops, Gradio reloads the page.

/** @import { Answer, Connection } from "../shared/answers.js" */
/** @import { Stroke } from "../shared/strokes.js" */

// All addresses of the API, relative to the page.
const UPLOAD_PATH = "gradio_api/upload";
const endpointPath = (/** @type {string} */ name) => `gradio_api/run/${name}`;

// Milliseconds without a response until a request fails.
const TIMEOUT = 10_000;
const UPLOAD_TIMEOUT = 60_000;
const SIDE = 28;

/** The error of a request without an answer. `state` is the state of the connection that the page then shows. */
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
    // There is no response, or its body is not JSON, for example the HTML of a proxy. With a status 4xx, the request
    // was rejected. Otherwise, the server does not answer, or the page cannot read the answer.
    const rejected = response && response.status >= 400 && response.status < 500;
    throw new ApiError(rejected ? "error" : "offline");
  }
  if (!response.ok) throw new ApiError(response.status === 503 ? "busy" : "error", payload.error);
  return payload;
}

// Return the part of an answer that the page needs, with each image as bytes. Gradio copies every answer several times.
// Copies of bytes are fast, but copies of arrays of numbers would take longer than the request itself.
/** @type {(payload: any) => Omit<Answer, "id">} */
function toAnswer({ number, verdict, readings, current, milliseconds }) {
  return {
    number, verdict, current, milliseconds,
    readings: readings.map((/** @type {any} */ reading) => ({ ...reading, image: Uint8Array.from(reading.image.flat()) })),
  };
}

// Return an image as the API expects it: 28 rows of 28 numbers.
/** @param {Uint8Array} image */
const toRows = (image) => Array.from({ length: SIDE }, (_, row) => [...image.subarray(SIDE * row, SIDE * (row + 1))]);
