// A timer for one call.

/** Calls a function once after a delay. If the timer is started again during the delay, only the new call happens. */
export class Timer {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timeout;

  /**
   * @param {number} [milliseconds] the delay; undefined stops the timer without a new call
   * @param {() => void} [act]
   */
  start(milliseconds, act) {
    clearTimeout(this.#timeout);
    if (milliseconds !== undefined && act) this.#timeout = setTimeout(act, milliseconds);
  }
}
