// API client: one function for each endpoint that the page uses. The schema of all endpoints is at /openapi.json.

/** @import { Answer } from "../shared/answers.js" */
/** @import { Activations, ActivationsRequest, Cutouts } from "../shared/activations.js" */
/** @import { Example } from "../shared/learned_json.js" */
/** @import { CellRequest, Occlusion } from "../shared/occlusion.js" */
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
 * @property {(wanted: ActivationsRequest) => ReturnType<typeof activations> | undefined} activations
 * @property {typeof cutouts} cutouts
 * @property {typeof sensitivity} sensitivity
 * @property {typeof about} about
 * @property {typeof predictImage} predictImage
 * @property {typeof correct} correct
 * @property {typeof undoCorrection} undoCorrection
 */

import { parseActivations, parseCutouts } from "../shared/activations.js";
import { withinLimits } from "../shared/strokes.js";
import { requestActivations } from "./activation_request.js";
import { examples } from "./learned.js";
import { TIMEOUT, post, request, toBytes, toText } from "./requests.js";

// Milliseconds. A large picture takes long to send and to read.
const PICTURE_TIMEOUT = 60_000;

/** @type {Partial<LocalApi>} */
let local = {};

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
 * Return the maps of the inner layers of a network for one digit. `send` requests their bytes from the server.
 * @param {ActivationsRequest} wanted
 * @param {typeof requestActivations} [send]
 * @returns {Promise<Activations>}
 */
export async function activations(wanted, send = requestActivations) {
  const own = local.activations?.(wanted);
  if (own) return own;
  return parseActivations(await send(wanted));
}

/**
 * Return the parts of training images that change the maps of a layer most.
 * @type {(model: string, layer: number) => Promise<Cutouts>}
 */
export async function cutouts(model, layer) {
  if (local.cutouts) return local.cutouts(model, layer);
  return parseCutouts(await post("cutouts", { model, layer }, (response) => response.arrayBuffer()));
}

/**
 * Return how a cell of an inner layer changes if the ink of a block is erased.
 * @param {CellRequest} wanted
 * @returns {Promise<Pick<Occlusion, "erased">>}
 */
export async function sensitivity({ image, ...wanted }) {
  if (local.sensitivity) return local.sensitivity({ image, ...wanted });
  return post("occlusion", { ...wanted, image: toText(image), digit: null });
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
