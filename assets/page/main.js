// The page's first module: it chooses the language, notes how the page was opened, runs the functions of events.js for
// Gradio, and shows the first view.

import { referenceTo, valueOf } from "../shared/reference.js";
import "./embed.js";
import * as functions from "./events.js";
import { showFirstView } from "./first_view.js";
import "./kept_drawing.js";
import "./language.js";
import { useEngine } from "./served_engine.js";

// Gradio's events reach their functions through an event of the document, at once. With a dynamic import in each call,
// a request starts 2 ms later.
for (const [name, run] of Object.entries(functions)) {
  document.addEventListener(`call:${name}`, (event) => {
    const { values, answer } = /** @type {CustomEvent} */ (event).detail;
    answer(call(/** @type {Function} */ (run), values));
  });
}

// Call a function with the values of its inputs. If it has several outputs, it returns an array with a value for each.
/** @type {(run: Function, values: unknown[]) => Promise<unknown>} */
async function call(run, values) {
  const result = await run(...values.map(valueOf));
  return Array.isArray(result) ? result.map(referenceTo) : referenceTo(result);
}

showFirstView();
useEngine();
