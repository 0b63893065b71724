// Work that can wait until the browser has nothing else to do.

/**
 * Call a function when the browser is idle.
 * @param {() => void} run
 * @param {number} [timeout] milliseconds until the function is called, even if the browser is busy
 */
export function whenIdle(run, timeout) {
  // Safari has no requestIdleCallback.
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout });
  else setTimeout(run, 50);
}
