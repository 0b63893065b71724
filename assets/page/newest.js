// Send one request at a time, and always send the newest value.

/**
 * Sends one value at a time. While a request is pending, each new value replaces the value that waits.
 * @template Value, Result
 */
export class NewestFirst {
  /** @type {Value | null} the value that was submitted last */
  newest = null;
  /** @type {Promise<Result> | null} */
  #pending = null;
  #send;

  /** @param {(value: Value) => Promise<Result>} send */
  constructor(send) {
    this.#send = send;
  }

  get isBusy() {
    return this.#pending !== null;
  }

  /**
   * Wait until no request is pending. Then send the value, and return the result. If a newer value was submitted during
   * the wait, do not send this value, and return undefined.
   * @param {Value} value
   * @returns {Promise<Result | undefined>}
   */
  async submit(value) {
    this.newest = value;
    while (this.#pending) await this.#pending.catch(() => {});
    if (value !== this.newest) return undefined;
    this.#pending = this.#send(value);
    try {
      return await this.#pending;
    } finally {
      this.#pending = null;
    }
  }

  /**
   * Return the result of a request about the newest value. Return undefined if a newer value is submitted before the
   * result arrives.
   * @template Other
   * @param {Promise<Other>} request
   * @returns {Promise<Other | undefined>}
   */
  async whileNewest(request) {
    const { newest } = this;
    const result = await request;
    return newest === this.newest ? result : undefined;
  }
}
