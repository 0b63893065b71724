// The first module of the static site: it mounts the page's components without Gradio, and runs their events.
//
// web/export/page.py writes the components' markup into the document, and their properties and events as JSON.

/** @import { Component } from "../shared/dom.js" */

import { answerLocally } from "../page/api_client.js";
import "../page/embed.js";
import * as functions from "../page/events.js";
import "../page/kept_drawing.js";
import "../page/language.js";
import { find } from "../shared/dom.js";
import { isEmbedded } from "../shared/embedded.js";
import { showKeptCorrections } from "./kept_corrections.js";
import { local } from "./local_api.js";

/**
 * An event of a component: it calls a function of events.js with the values of `inputs`, and sets those of `outputs`.
 * @typedef {{ on: [string, string][], inputs: string[], outputs: string[], call: keyof typeof functions }} PageEvent
 */

/** @type {{ components: Record<string, Record<string, any>>, events: PageEvent[] }} */
const page = JSON.parse(find(document, "#page").textContent ?? "");

/** @typedef {{ props: Record<string, any>, watchers: { name: string, changed: () => void }[] }} Mounted */
/** @type {Map<string, Mounted>} */
const mounted = new Map();

/** @type {(name: string, props: Record<string, any>) => Promise<void>} */
async function mount(name, props) {
  const component = { props, watchers: /** @type {Mounted["watchers"]} */ ([]) };
  mounted.set(name, component);
  const { mount } = await import(`../components/${name}/${name}.js`);
  /** @type {Component} */
  const parameters = {
    element: find(document, `#${name} > .html-container > div`),
    props,
    trigger: (event) => emit(name, event),
    watch: (watched, changed) => component.watchers.push({ name: watched, changed }),
  };
  mount(parameters);
}

/** @type {(name: string, event: string) => void} */
function emit(name, event) {
  for (const each of page.events) {
    if (each.on.some(([component, emitted]) => component === name && emitted === event)) run(each);
  }
}

/** @param {PageEvent} event */
async function run({ inputs, outputs, call }) {
  const values = inputs.map((input) => mounted.get(input)?.props.value);
  const result = await /** @type {Function} */ (functions[call])(...values);
  outputs.forEach((output, index) => set(output, outputs.length === 1 ? result : result?.[index]));
}

// Set the value of a component. A component keeps its value if the new value is undefined.
/** @type {(name: string, value: unknown) => void} */
function set(name, value) {
  const component = mounted.get(name);
  if (value === undefined || !component) return;
  component.props.value = value;
  for (const watcher of component.watchers) if (watcher.name === "value") watcher.changed();
}

// In the embedded view, "share" opens the drawing of a link.
const EMBEDDED = ["sketchpad", "answer", "share"];

answerLocally(local);
for (const [name, props] of Object.entries(page.components)) {
  if (!isEmbedded || EMBEDDED.includes(name)) mount(name, { value: null, ...props });
}
const learned = document.querySelector("#learned");
if (learned && !isEmbedded) showKeptCorrections(learned);
// The service worker loads all files again, which would slow down the first answer of a visit.
const AFTER_FIRST_ANSWER = 2000; // Milliseconds.
// A browser that forbids service workers shows the page without them, but not offline.
setTimeout(() => {
  navigator.serviceWorker?.register(new URL("worker.js", document.baseURI)).catch(() => {});
}, AFTER_FIRST_ANSWER);
