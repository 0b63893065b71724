/**
 * Return a signal that cancels a request after some milliseconds, and a function that ends the limit. Older browsers
 * have no AbortSignal.timeout.
 * @param {number} milliseconds
 */
export function timeLimit(milliseconds) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
