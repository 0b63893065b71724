// Request again what the server has not answered.

/** @import { Connection } from "./answers.js" */

import { isWaiting } from "./answers.js";
import { text } from "./text.js";

const RETRY_AFTER = 3000; // Milliseconds.

/**
 * Return the sentence that says why there is no answer.
 * @param {Connection} connection
 */
export const failureText = ({ state, message }) => (state === "error" && message) || text("retrying");

/** Calls a function once: some seconds after `start`, or at once when the browser is online again. */
export class Retry {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #run;

  /** @param {() => void} act */
  constructor(act) {
    this.#run = () => {
      this.stop();
      act();
    };
  }

  start() {
    this.stop();
    this.#timer = setTimeout(this.#run, RETRY_AFTER);
    addEventListener("online", this.#run);
  }

  /**
   * Start after a failure that another request can change. Stop in all other cases.
   * @param {Connection | undefined} failed
   */
  follow(failed) {
    if (failed && isWaiting(failed)) this.start();
    else this.stop();
  }

  stop() {
    clearTimeout(this.#timer);
    removeEventListener("online", this.#run);
  }
}
