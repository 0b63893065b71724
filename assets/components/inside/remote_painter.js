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

/** @typedef {{ resolve: (buffer: ArrayBuffer) => void, reject: (error: unknown) => void }} Asker */

export class RemotePainter {
  /** @type {Promise<Worker | null> | null} */
  #starting = null;
  /** @type {Asker | null} who waits for the answer; see Paced: one request is under way */
  #asker = null;
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
   * Paint on these canvases from now on. They belong to the worker afterwards, so each is passed once.
   * @param {{ input?: HTMLCanvasElement, layers?: HTMLCanvasElement[], outcome?: HTMLCanvasElement }} canvases
   */
  async use({ input, outcome, layers }) {
    const worker = await this.#start();
    if (!worker) return this.#own.use({ ...(input && { input }), ...(outcome && { outcome }), ...(layers && { layers }) });
    const [ownInput, ownOutcome] = [input, outcome].map((canvas) => canvas?.transferControlToOffscreen());
    const own = layers?.map((canvas) => canvas.transferControlToOffscreen());
    const moved = [ownInput, ownOutcome, ...(own ?? [])].filter((canvas) => canvas !== undefined);
    const canvases = {
      ...(ownInput && { input: ownInput }), ...(ownOutcome && { outcome: ownOutcome }), ...(own && { layers: own }),
    };
    send(worker, { canvases }, moved);
  }

  /** @param {Picture} picture */
  async paint(picture) {
    const worker = await this.#start();
    if (worker) send(worker, { picture });
    else this.#own.paint(picture);
  }

  #start() {
    this.#starting ??= startWorker((data) => this.#receive(data));
    return this.#starting;
  }

  /** @param {{ buffer?: ArrayBuffer, error?: { state: "busy" | "error" | "offline", message: string, retryAfter?: number } }} data */
  #receive({ buffer, error }) {
    if (buffer) this.#asker?.resolve(buffer);
    if (error) this.#asker?.reject(new ApiError(error.state, error.message, error.retryAfter));
  }
}

/** @type {(worker: Worker, task: Task, moved?: Transferable[]) => void} */
const send = (worker, task, moved = []) => worker.postMessage(task, moved);

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
      worker.addEventListener("error", () => resolve(null));
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
