// A pause of the engine, in which the browser can paint and react to the pen.

// In contrast to a timer, a message has no smallest delay.
const { port1, port2 } = new MessageChannel();

/**
 * Wait for the next task.
 * @returns {Promise<void>}
 */
export const pause = () => new Promise((done) => {
  port1.addEventListener("message", () => done(), { once: true });
  port1.start();
  port2.postMessage(null);
});
