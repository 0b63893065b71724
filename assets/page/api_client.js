// API client: one function for each endpoint that the page uses. The schema of all endpoints is at /openapi.json.

import { timeLimit } from "../shared/time_limit.js";

/** @import { Answer, Connection } from "../shared/answers.js" */
/** @import { Activations, ActivationsRequest } from "../shared/activations.js" */
/** @import { Example } from "../shared/learned_json.js" */
/** @import { Occlusion } from "../shared/occlusion.js" */
/** @import { Stroke } from "../shared/strokes.js" */

/**
 * The functions of the API that the browser answers itself, with the engine. In contrast to the functions of this
 * module, they get what the page has learned as an argument. If a function returns nothing, the server answers.
 * @typedef {object} LocalApi
 * @property {(strokes: Stroke[], examples: Example[]) => Promise<ReadAnswer> | undefined} predict
 * @property {(strokes: Stroke[], label: string, examples: Example[]) => Promise<Example>} learn
 * @property {(...given: Parameters<typeof explain>) => ReturnType<typeof explain> | undefined} explain
 * @property {typeof occlude} occlude
 * @property {typeof compare} compare
 * @property {(...given: Parameters<typeof steps>) => ReturnType<typeof steps> | undefined} steps
 * @property {(...given: Parameters<typeof activations>) => ReturnType<typeof activations> | undefined} activations
 * @property {typeof import("./cell_client.js").cutouts} cutouts
 * @property {typeof import("./cell_client.js").sensitivity} sensitivity
 * @property {typeof about} about
 * @property {typeof predictImage} predictImage
 * @property {typeof correct} correct
 * @property {typeof undoCorrection} undoCorrection
 */

import { parseActivations } from "../shared/activations.js";
import { withinLimits } from "../shared/strokes.js";
import { examples } from "./learned.js";

// Milliseconds without a response until a request fails.
const TIMEOUT = 10_000;
const PICTURE_TIMEOUT = 60_000;

/** @type {Partial<LocalApi>} */
let local = {};

export const localApi = () => local;

/**
 * Answer some functions of the API in the browser. The server answers the others.
 * @param {Partial<LocalApi>} functions
 */
export const answerLocally = (functions) => {
  local = functions;
};

/** @typedef {Omit<Answer, "id" | "strokes">} ReadAnswer */
/** @typedef {(strokes: Stroke[], examples: Example[], answer: ReadAnswer) => void} Follower */

/** @type {Follower} */
let follower = () => {};

/**
 * Call a function after each answer of the server to a drawing.
 * @param {Follower} answered
 */
export const followServer = (answered) => {
  follower = answered;
};

/** The error of a request without an answer. `state` is the state of the connection that the page then shows. */
export class ApiError extends Error {
  /**
   * @param {Connection["state"]} state
   * @param {string} [message] the server's message
   * @param {number} [retryAfter] milliseconds until the server accepts a request again
   */
  constructor(state, message, retryAfter) {
    super(message);
    this.state = state;
    this.retryAfter = retryAfter;
  }
}

/**
 * Read a digit or a number from strokes, with what the page has learned.
 * @param {Stroke[]} strokes
 */
export async function predict(strokes) {
  const [sent, kept] = [withinLimits(strokes), examples()];
  const own = local.predict?.(sent, kept);
  if (own) return own;
  const answer = await timed(post("predict", { strokes: sent, ...personal() }));
  follower(sent, kept, answer);
  return answer;
}

/**
 * Return the example that the page can keep, so that later drawings like this one get this label.
 * @type {(strokes: Stroke[], label: string) => Promise<Example>}
 */
export function learn(strokes, label) {
  const sent = withinLimits(strokes);
  if (local.learn) return local.learn(sent, label, examples());
  return post("learn", { strokes: sent, label, ...personal() });
}

function personal() {
  const kept = examples();
  return kept.length > 0 ? { examples: kept } : {};
}

/**
 * Read a digit or a number from a picture.
 * @param {Blob} picture the content of a picture file
 * @returns {Promise<ReadAnswer>}
 */
export async function predictImage(picture) {
  if (local.predictImage) return local.predictImage(picture);
  const form = new FormData();
  form.append("picture", picture, "picture");
  return timed(request("predict_image", { method: "POST", body: form }, PICTURE_TIMEOUT));
}

/**
 * Return how much each pixel contributed to an answer, as 28×28 numbers from -127 to 127.
 * @param {Uint8Array} image
 * @param {number | null} digit the answer to explain; null for “not a digit”
 * @param {number | null} contrast the digit to compare the answer with; null for all other digits
 * @returns {Promise<Int8Array>}
 */
export async function explain(image, digit, contrast) {
  const own = local.explain?.(image, digit, contrast);
  if (own) return own;
  const { evidence } = await post("explain", { image: toText(image), digit, rather_than: contrast });
  return new Int8Array(toBytes(evidence).buffer);
}

/**
 * Return how the score of an answer changes if the ink of a block is erased. In a comparison with another digit, also
 * return how it changes if a dot is added to a block.
 * @type {(image: Uint8Array, digit: number | null, contrast: number | null) => Promise<Occlusion>}
 */
export async function occlude(image, digit, contrast) {
  if (local.occlude) return local.occlude(image, digit, contrast);
  const request = { image: toText(image), digit, rather_than: contrast, dots: contrast !== null };
  return { ...(await post("occlusion", request)), digit, contrast };
}

/**
 * Read one digit with every model.
 * @param {Uint8Array} image
 * @returns {Promise<{ models: any[] }>}
 */
export const compare = (image) => (local.compare ? local.compare(image) : post("compare", { image: toText(image) }));

/**
 * Return the intermediate images of normalization.
 * @param {Stroke[]} strokes
 * @returns {Promise<{ steps: { name: string, width: number, height: number, image: Uint8Array }[] }>}
 */
export async function steps(strokes) {
  const sent = withinLimits(strokes);
  const own = local.steps?.(sent);
  if (own) return own;
  const { steps } = await post("steps", { strokes: sent });
  return { steps: steps.map((/** @type {any} */ step) => ({ ...step, image: toBytes(step.image) })) };
}

/**
 * Return the maps of the inner layers of a network for one digit.
 * @param {ActivationsRequest} wanted
 * @returns {Promise<Activations>}
 */
export async function activations({ image, ...wanted }) {
  const own = local.activations?.({ image, ...wanted });
  if (own) return own;
  const body = image ? { ...wanted, image: toText(image) } : wanted;
  return parseActivations(await post("activations", body, (response) => response.arrayBuffer()));
}

/**
 * Return the measurements of the network.
 * @returns {Promise<any>}
 */
export const about = () => (local.about ? local.about() : request("about", {}, TIMEOUT));

/**
 * Store a correction. The result has the token that deletes it.
 * @type {(strokes: Stroke[], label: string) => Promise<{ token: string }>}
 */
export const correct = (strokes, label) => local.correct?.(strokes, label) ?? post("corrections", { strokes: withinLimits(strokes), label });

/**
 * Delete a correction.
 * @param {string} token
 * @returns {Promise<any>}
 */
export const undoCorrection = (token) => local.undoCorrection?.(token)
  ?? request(`corrections?token=${encodeURIComponent(token)}`, { method: "DELETE" }, TIMEOUT);

/** @type {(path: string, body: object, read?: (response: Response) => Promise<any>) => Promise<any>} */
export function post(path, body, read) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body) }, TIMEOUT, read);
}

/** @param {Response} response */
const readJson = (response) => response.json();

/**
 * `read` returns the content of an answer. An error is always JSON.
 * @type {(path: string, options: RequestInit, milliseconds: number, read?: (response: Response) => Promise<any>) => Promise<any>}
 */
async function request(path, options, milliseconds, read = readJson) {
  const limit = timeLimit(milliseconds);
  let response, payload;
  try {
    response = await fetch(`api/${path}`, { ...options, signal: limit.signal });
    payload = await (response.ok ? read : readJson)(response);
  } catch {
    // There is no response, or its body is not JSON, for example the HTML of a proxy. With a status 4xx, the request
    // was rejected. Otherwise, the server does not answer, or the page cannot read the answer.
    const rejected = response && response.status >= 400 && response.status < 500;
    throw new ApiError(rejected ? "error" : "offline");
  } finally {
    limit.end();
  }
  if (response.ok) return payload;
  const retryAfter = 1000 * Number(response.headers.get("Retry-After"));
  throw new ApiError(response.status === 503 ? "busy" : "error", payload.detail, retryAfter || undefined);
}

// Return an answer of the server, with the milliseconds from the request to the answer.
/** @type {(request: Promise<any>) => Promise<ReadAnswer>} */
async function timed(request) {
  const start = performance.now();
  const answer = toAnswer(await request);
  return { ...answer, milliseconds: { ...answer.milliseconds, roundTrip: performance.now() - start } };
}

// Return the part of an answer that the page needs, with images as bytes.
/** @type {(payload: any) => ReadAnswer} */
function toAnswer({ number, verdict, readings, marks, doubt, current, milliseconds }) {
  return {
    number, verdict, marks, doubt, current, milliseconds,
    readings: readings.map((/** @type {any} */ reading) => ({ ...reading, image: toBytes(reading.image) })),
  };
}

/** @param {string} text base64 */
export const toBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** @param {Uint8Array} bytes */
export const toText = (bytes) => btoa(String.fromCharCode(...bytes));
