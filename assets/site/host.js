// The first module of the static site: it mounts the page's components without Gradio, and runs their events.
//
// web/export/page.py writes the components' markup into the document, and their properties and events as JSON.

/** @import { Component } from "../shared/dom.js" */

import { answerLocally } from "../page/api_client.js";
import "../page/embed.js";
import * as functions from "../page/events.js";
import { isOpenAtFirst } from "../page/inside_section.js";
import { isOpenedByLink } from "../page/kept_drawing.js";
import "../page/language.js";
import { find } from "../shared/dom.js";
import { isEmbedded } from "../shared/embedded.js";
import { whenIdle } from "../shared/idle.js";
import { showKeptCorrections } from "./kept_corrections.js";
import { engineLoaded, local } from "./local_api.js";

/**
 * An event of a component: it calls a function of events.js with the values of `inputs`, and sets those of `outputs`.
 * @typedef {{ on: [string, string][], inputs: string[], outputs: string[], call: keyof typeof functions }} PageEvent
 */

/** @type {{ components: Record<string, Record<string, any>>, events: PageEvent[] }} */
const page = JSON.parse(find(document, "#page").textContent ?? "");

/**
 * A component. It may get a value before it is mounted.
 * @typedef {{ props: Record<string, any>, watchers: { name: string, changed: () => void }[] }} Mounted
 */
/** @type {Map<string, Mounted>} */
const components = new Map(Object.entries(page.components)
  .map(([name, props]) => [name, { props: { value: null, ...props }, watchers: [] }]));

/** @typedef {Record<string, (component: Component) => void>} Mounts the function `mount` of each component, by its name */

// In the embedded view, "share" opens the drawing of a link.
const EMBEDDED = ["sketchpad", "answer", "share"];
// Milliseconds until the other components load although no drawing was answered, and until one is mounted although the
// browser is busy.
const [LONGEST_WAIT, LONGEST_DELAY] = [2000, 200];

let showFirstAnswer = () => {};
/** @type {Promise<void>} */
const firstAnswer = new Promise((done) => {
  showFirstAnswer = done;
});

/**
 * Mount the components: at once those that the first answer needs, and then one after the other. Each is mounted after
 * those above it, so that nothing on the screen moves. web/export/scripts.py writes the modules that call this function.
 * @param {Mounts} first
 * @param {() => Promise<{ mounts: Mounts }>} loadOthers
 */
export async function start(first, loadOthers) {
  // What is below this section moves when it opens. Now, nothing is painted yet.
  document.querySelector("#inside details")?.toggleAttribute("open", isOpenAtFirst());
  for (const [name, run] of Object.entries(first)) if (!isEmbedded || EMBEDDED.includes(name)) mount(name, run);
  if (isEmbedded) return;
  const timeout = new Promise((done) => setTimeout(done, LONGEST_WAIT));
  await Promise.race([isOpenedByLink ? firstAnswer.then(nextFrame) : engineLoaded, timeout]);
  const { mounts } = await loadOthers();
  for (const [name, run] of Object.entries(mounts)) whenIdle(() => mount(name, run), LONGEST_DELAY);
}

// Loading a file would delay the frame that shows the answer.
const nextFrame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/** @type {(name: string, run: Mounts[string]) => void} */
function mount(name, run) {
  const component = /** @type {Mounted} */ (components.get(name));
  run({
    element: find(document, `#${name} > .html-container > div`),
    props: component.props,
    trigger: (event) => emit(name, event),
    watch: (watched, changed) => component.watchers.push({ name: watched, changed }),
  });
  if (component.props.value !== null) show(component);
}

/** @type {(name: string, event: string) => void} */
function emit(name, event) {
  for (const each of page.events) {
    if (each.on.some(([component, emitted]) => component === name && emitted === event)) run(each);
  }
}

/** @param {PageEvent} event */
async function run({ inputs, outputs, call }) {
  const values = inputs.map((input) => components.get(input)?.props.value);
  const result = await /** @type {Function} */ (functions[call])(...values);
  outputs.forEach((output, index) => set(output, outputs.length === 1 ? result : result?.[index]));
}

// Set the value of a component. A component keeps its value if the new value is undefined.
/** @type {(name: string, value: unknown) => void} */
function set(name, value) {
  const component = components.get(name);
  if (value === undefined || !component) return;
  component.props.value = value;
  show(component);
  if (name === "answer") showFirstAnswer();
}

/** @param {Mounted} component */
function show({ watchers }) {
  for (const watcher of watchers) if (watcher.name === "value") watcher.changed();
}

answerLocally(local);
const learned = document.querySelector("#learned");
if (learned && !isEmbedded) showKeptCorrections(learned);
// The service worker loads all files again, which would slow down the first answer of a visit.
const AFTER_FIRST_ANSWER = 2000; // Milliseconds.
// A browser that forbids service workers shows the page without them, but not offline.
setTimeout(() => {
  navigator.serviceWorker?.register(new URL("worker.js", document.baseURI)).catch(() => {});
}, AFTER_FIRST_ANSWER);
