// The page's side of painter_worker.js. In a browser that lacks such workers, the page's thread does the work itself.

/** @import { ActivationsRequest } from "../../shared/activations.js" */
/** @import { Canvases, Picture } from "./painter.js" */

import { requestActivations } from "../../page/activation_request.js";
import { ApiError } from "../../page/requests.js";
import { Painter } from "./painter.js";

/**
 * What the worker does. `api`: the address of the API.
 * @typedef {{ api?: string, canvases?: Partial<Canvases>, picture?: Picture, wanted?: ActivationsRequest }} Task
 */

/** @typedef {{ input?: HTMLCanvasElement, layers?: HTMLCanvasElement[], outcome?: HTMLCanvasElement }} OwnCanvases */

/** @typedef {{ resolve: (buffer: ArrayBuffer) => void, reject: (error: unknown) => void }} Asker */

export class RemotePainter {
  /** @type {Promise<Worker | null> | null} */
  #starting = null;
  /** @type {Asker | null} who waits for the answer; see Paced: one request is under way */
  #asker = null;
  /** @type {OwnCanvases} those that the painter does not have yet */
  #next = {};
  /** @type {Picture | null} */
  #newest = null;
  #own = new Painter();

  /**
   * Request the bytes of activations.
   * @param {ActivationsRequest} wanted
   * @returns {Promise<ArrayBuffer>}
   */
  ask = async (wanted) => {
    const worker = await this.#start();
    if (!worker) return requestActivations(wanted);
    return new Promise((resolve, reject) => {
      this.#asker = { resolve, reject };
      send(worker, { wanted });
    });
  };

  /**
   * Paint on these canvases from now on, in place of earlier ones. They belong to the worker afterwards.
   * @param {OwnCanvases} canvases
   */
  use(canvases) {
    Object.assign(this.#next, canvases);
  }

  /** @param {Picture} picture */
  async paint(picture) {
    this.#newest = picture;
    const worker = await this.#start();
    if (picture !== this.#newest) return;
    const canvases = this.#next;
    this.#next = {};
    if (worker) return send(worker, { canvases: movedOf(canvases), picture });
    this.#own.use(canvases);
    this.#own.paint(picture);
  }

  #start() {
    this.#starting ??= startWorker((data) => this.#receive(data));
    return this.#starting;
  }

  /** @param {{ buffer?: ArrayBuffer, error?: { state: "busy" | "error" | "offline", message?: string, retryAfter?: number } }} data */
  #receive({ buffer, error }) {
    if (buffer) this.#asker?.resolve(buffer);
    if (error) this.#asker?.reject(new ApiError(error.state, error.message, error.retryAfter));
  }
}

/**
 * Return canvases for the worker.
 * @param {OwnCanvases} canvases
 */
const movedOf = (canvases) => Object.fromEntries(Object.entries(canvases).map(([name, each]) =>
  [name, Array.isArray(each) ? each.map((canvas) => canvas.transferControlToOffscreen()) : each.transferControlToOffscreen()]));

/** @type {(worker: Worker, task: Task) => void} */
const send = (worker, task) => worker.postMessage(task, Object.values(task.canvases ?? {}).flat());

/**
 * Return the worker when it has started, or null if the browser cannot start it.
 * @param {(data: any) => void} receive
 * @returns {Promise<Worker | null>}
 */
function startWorker(receive) {
  return new Promise((resolve) => {
    try {
      if (!("transferControlToOffscreen" in HTMLCanvasElement.prototype)) return resolve(null);
      const worker = new Worker(new URL("painter_worker.js", import.meta.url), { type: "module" });
      worker.addEventListener("error", () => {
        resolve(null);
        receive({ error: { state: "offline" } }); // The request under way has no answer. It is sent again.
      });
      worker.addEventListener("message", ({ data }) => {
        if (data.isReady) resolve(worker);
        else receive(data);
      });
      send(worker, { api: new URL("api/", document.baseURI).href });
    } catch {
      resolve(null); // The browser's settings forbid workers.
    }
  });
}
