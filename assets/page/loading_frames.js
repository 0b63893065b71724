// Stop the timer of Gradio's loading indicator.
//
// The indicator requests an animation frame after each frame, and does not stop when it disappears (Gradio 6.31). An
// open page would never rest. Gradio's module keeps the function that it finds when it is loaded. Therefore this module
// must be loaded first.

// A part of the name of Gradio's module.
const INDICATOR = "statustracker";

const { requestAnimationFrame } = window;
let newest = 0;

window.requestAnimationFrame = (callback) => {
  const request = requestAnimationFrame(callback);
  if (new Error().stack?.includes(INDICATOR)) newest = request;
  return request;
};

/** Cancel the newest request of the indicator, which then makes no other one. */
export function endLoadingFrames() {
  cancelAnimationFrame(newest);
  window.requestAnimationFrame = requestAnimationFrame;
}
