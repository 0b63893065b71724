// Ask all networks about the selected digit, as it is and with small changes.

/** @import { AnswerView, Verdict } from "../shared/answers.js" */

/**
 * The answer of one network.
 * @typedef {object} Model
 * @property {string} name
 * @property {number | null} digit
 * @property {Verdict} verdict
 * @property {number[]} probabilities the probability of each digit, given that the drawing is a digit
 * @property {number} no_digit the probability that the drawing is not a digit
 * @property {number} mnist accuracy on the MNIST test images
 * @property {number} bytes size of the model's file
 * @property {number} milliseconds
 * @property {boolean} own whether the page uses this model
 * @property {string} kind linear, dense, or convolutional
 */

/**
 * The value of the component "networks".
 * @typedef {object} NetworksView
 * @property {string | null} change the change that is switched on: "move", "turn", or null
 * @property {Uint8Array | null} image the 28×28 image that all networks read; null if nothing is drawn
 * @property {Model[]} models the answers; none until they arrive, and none if the server is busy
 * @property {Model[]} unchanged the answers to the unchanged image
 */

import { selectedReading } from "../shared/answers.js";
import { changed } from "../shared/changed_image.js";
import { isInView } from "../shared/view.js";
import * as api from "./api_client.js";
import { NewestFirst } from "./newest.js";
import { toText } from "./requests.js";
import { inTurn } from "./turns.js";

/** @type {NewestFirst<{ image: Uint8Array | null, change: string | null }, NetworksView>} */
const asker = new NewestFirst(ask);

/**
 * Return the answers of all networks to the selected digit. If the server is busy, there are none until the next drawing.
 * @type {(view: AnswerView | null, networks: NetworksView | null) => Promise<NetworksView | undefined>}
 */
export async function askNetworks(view, networks) {
  if (!isInView("networks") || (view && view.connection.state !== "ready")) return undefined;
  const reading = view && selectedReading(view);
  const image = reading && reading.verdict !== "blank" ? reading.image : null;
  return asker.submit({ image, change: networks?.change ?? null });
}

/** @type {(asked: { image: Uint8Array | null, change: string | null }) => Promise<NetworksView>} */
async function ask({ image, change }) {
  if (!image) return { change, image, models: [], unchanged: [] };
  const seen = changed(image, change);
  try {
    const unchanged = await modelsOf(image);
    return { change, image: seen, models: change ? await modelsOf(seen) : unchanged, unchanged };
  } catch {
    return { change, image: seen, models: [], unchanged: [] };
  }
}

// The answers to the last images. The table of details asks about the same image.
/** @type {Map<string, Promise<{ models: Model[] }>>} */
const known = new Map();
const KNOWN = 3; // One without changes, and one for each change.

/**
 * Return the answers of all networks to an image. A second call for the same image sends no second request.
 * @param {Uint8Array} image
 */
export function compareOnce(image) {
  const key = toText(image);
  const answer = known.get(key) ?? inTurn(() => api.compare(image));
  known.delete(key);
  known.set(key, answer); // The newest is the last one.
  answer.catch(() => known.delete(key));
  for (const oldest of [...known.keys()].slice(0, -KNOWN)) known.delete(oldest);
  return answer;
}

/** @param {Uint8Array} image */
const modelsOf = async (image) => (await compareOnce(image)).models;
