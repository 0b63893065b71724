/**
 * Return a signal that cancels a request after some milliseconds. Older browsers have no AbortSignal.timeout.
 * @param {number} milliseconds
 */
export function timeout(milliseconds) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}
