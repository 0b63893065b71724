// A worker of the page: it requests activations and paints the strip, so that the page's thread is free for the pen.
// It says when it has started. remote_painter.js sends its tasks.

/** @import { ActivationsRequest } from "../../shared/activations.js" */
/** @import { ApiError } from "../../page/requests.js" */
/** @import { Task } from "./remote_painter.js" */

import { requestActivations } from "../../page/activation_request.js";
import { useApi } from "../../page/requests.js";
import { Painter } from "./painter.js";

const painter = new Painter();

onmessage = ({ data }) => {
  const task = /** @type {Task} */ (data);
  if (task.api) useApi(task.api);
  if (task.canvases) painter.use(task.canvases);
  if (task.picture) painter.paint(task.picture);
  if (task.wanted) answer(task.wanted);
};

/** @param {ActivationsRequest} wanted */
async function answer(wanted) {
  try {
    const buffer = await requestActivations(wanted);
    postMessage({ buffer }, { transfer: [buffer] });
  } catch (error) {
    const { state, message, retryAfter } = /** @type {ApiError} */ (error);
    postMessage({ error: { state, message, retryAfter } });
  }
}

postMessage({ isReady: true });
