// The requests of the section “Inside the network”. They never delay the bars: one request is under way, at most ten are
// sent in a second, the newest wish replaces the others, and an overloaded server is asked again later.

/** @import { Activations, ActivationsRequest } from "../shared/activations.js" */

import { isWaiting } from "../shared/answers.js";
import { Timer } from "../shared/timer.js";
import * as api from "./api_client.js";
import { ApiError } from "./requests.js";

/** Milliseconds between two requests. */
const INTERVAL = 100;
// Milliseconds without a newer wish until a request is sent. While the pen moves, the answers come sooner than this, so
// that a request seldom competes with one for an answer. It waits at most for INTERVAL.
const QUIET = 30;
// Milliseconds until a request that failed is sent again, unless the server says so.
const RETRY_AFTER = 2000;

/**
 * Sends the newest request, at intervals.
 * @template Request, Result
 */
export class Paced {
  /** @type {Request | null} */
  #wanted = null;
  #isBusy = false;
  #since = 0; // The time of the oldest wish that is not sent yet.
  #earliest = 0;
  #timer = new Timer();
  #send;
  #show;
  #fail;

  /**
   * @param {(request: Request) => Promise<Result>} send
   * @param {(result: Result, request: Request) => void} show called with each result
   * @param {(error: ApiError, request: Request) => void} fail called if the same request would fail again
   */
  constructor(send, show, fail) {
    this.#send = send;
    this.#show = show;
    this.#fail = fail;
  }

  /** @param {Request} request */
  ask(request) {
    if (this.#wanted === null) this.#since = performance.now();
    this.#wanted = request;
    this.#next();
  }

  /** Forget the request that waits. */
  stop() {
    this.#wanted = null;
    this.#timer.start();
  }

  #next() {
    if (this.#isBusy || this.#wanted === null) return;
    const now = performance.now();
    const quiet = Math.min(QUIET, this.#since + INTERVAL - now);
    this.#timer.start(Math.max(0, quiet, this.#earliest - now), () => this.#run());
  }

  async #run() {
    const request = this.#wanted;
    if (request === null) return;
    this.#wanted = null;
    this.#isBusy = true;
    this.#earliest = performance.now() + INTERVAL;
    try {
      this.#show(await this.#send(request), request);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isWaiting(error)) {
        this.#earliest = performance.now() + (error.retryAfter ?? RETRY_AFTER);
        this.#wanted ??= request;
      } else this.#fail(error, request);
    } finally {
      this.#isBusy = false;
      this.#next();
    }
  }
}

/**
 * Return the requests for activations. `send` requests the bytes of one answer from the server.
 * @type {(send: (wanted: ActivationsRequest) => Promise<ArrayBuffer>,
 *   show: (result: Activations, request: ActivationsRequest) => void,
 *   fail: (error: ApiError, request: ActivationsRequest) => void) => Paced<ActivationsRequest, Activations>}
 */
export const activationRequests = (send, show, fail) =>
  new Paced((/** @type {ActivationsRequest} */ wanted) => api.activations(wanted, send), show, fail);
