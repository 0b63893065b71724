// The API of the static site: the engine answers in place of a server.

/** @import { LocalApi } from "../page/api_client.js" */

import { Engine } from "../engine/engine.js";
import { ApiError } from "../page/requests.js";
import { find } from "../shared/dom.js";
import { whenIdle } from "../shared/idle.js";
import { pause } from "../shared/pause.js";
import { text } from "../shared/text.js";
import { forgetCorrection, keepCorrection } from "./kept_corrections.js";

const { network } = find(document, "#page").dataset;

/** @type {Promise<Engine> | null} */
let loading = null;

// Return the engine. If a file cannot be loaded, the next call tries again.
function engine() {
  loading ??= Engine.load(network ?? "", read).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** @param {string} path */
async function read(path) {
  const folder = path.endsWith(".wasm") ? "../engine/" : "../";
  try {
    const response = await fetch(new URL(folder + path, import.meta.url));
    if (!response.ok) throw new ApiError("offline");
    return await response.arrayBuffer();
  } catch {
    throw new ApiError("offline");
  }
}

/** @type {(key: string) => Promise<never>} */
const refuse = async (key) => {
  throw new ApiError("error", text(key));
};

/** @type {LocalApi} */
export const local = {
  predict: async (strokes, examples) => (await engine()).predict(strokes, examples),
  learn: async (strokes, label, examples) => (await engine()).learn(strokes, label, examples),
  explain: async (image, digit, contrast) => (await engine()).explain(image, digit, contrast, pause),
  occlude: async (image, digit, contrast) => ({ ...(await engine()).occlude(image, digit, contrast), digit, contrast }),
  compare: async (image) => (await engine()).compare(image),
  steps: async (strokes) => (await engine()).steps(strokes),
  about: async () => JSON.parse(new TextDecoder().decode(await read("networks/about.json"))),
  activations: async (wanted) => (await (await engine()).activationsOfAny(wanted)) ?? refuse("insideNothing"),
  sensitivity: async (wanted) => (await (await engine()).sensitivity(wanted)) ?? refuse("insideNothing"),
  cutouts: async (model, layer) => (await (await engine()).cutouts(model, layer)) ?? refuse("insideNothing"),
  predictImage: () => refuse("needsServer"),
  correct: keepCorrection,
  undoCorrection: forgetCorrection,
};

const loaded = engine();
/** Load the engine before the first stroke. The promise is fulfilled when the engine has loaded or has failed. */
export const engineLoaded = loaded.then(() => {}, () => {});
// A drawing that a link has opened is read before this.
loaded.then((own) => whenIdle(() => own.warmUp()), () => {});
