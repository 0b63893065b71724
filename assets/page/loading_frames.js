// Stop the timer of Gradio's loading indicator.
//
// The indicator requests an animation frame after each frame, and does not stop when it disappears (Gradio 6.31). An
// open page would never rest. Gradio's module keeps the function that it finds when it is loaded. Therefore this module
// must be loaded first: until the page is ready, the function is one that can be ended.

const { requestAnimationFrame } = window;
let isLoading = true;

window.requestAnimationFrame = (callback) => (isLoading ? requestAnimationFrame(callback) : 0);

/** End the requests of everything that keeps the function. All others get the browser's own function. */
export function endLoadingFrames() {
  isLoading = false;
  window.requestAnimationFrame = requestAnimationFrame;
}
