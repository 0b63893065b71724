// One after the other: requests for views that the visitor can do without for a moment. Together, the requests of one
// visitor would be more than the server takes from all visitors at a time (BACKGROUND_CAPACITY in web/admission.py).

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * Send a request when all earlier ones have their answer.
 * @template Result
 * @param {() => Promise<Result>} send
 * @returns {Promise<Result>}
 */
export function inTurn(send) {
  const result = last.then(send);
  last = result.catch(() => {});
  return result;
}
