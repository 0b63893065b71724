// The page's first module: it shows the first view, chooses the language, notes how the page was opened, and runs the
// functions of events.js for Gradio.

import * as functions from "./events.js";
import { showFirstView } from "./first_view.js";
import "./kept_drawing.js";
import "./language.js";

showFirstView();

// Gradio's events reach their functions through an event of the document, at once. With a dynamic import in each call,
// a request starts 2 ms later.
for (const [name, run] of Object.entries(functions)) {
  document.addEventListener(`call:${name}`, (event) => {
    const { values, answer } = /** @type {CustomEvent} */ (event).detail;
    answer((async () => /** @type {Function} */ (run)(...values))());
  });
}
