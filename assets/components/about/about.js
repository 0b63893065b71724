// A folded section with the measurements, figures and limitations of the network.
// The value `props.value` is null until the page sets it to the answer of /about. This answer has the form
// {facts: [{name, kind, value, …}, …], pictures: {name: SVG}}. If the server does not answer, the value is {failed}, with
// the state of the connection.
// Emits "opened" when the visitor opens the section while there is no answer, and some time after a failure. The page
// then sets the value.

/** @import { Component } from "../../shared/dom.js" */

import { create, find } from "../../shared/dom.js";
import { failureText, Retry } from "../../shared/retry.js";
import { followLanguage, number, percent, text } from "../../shared/text.js";

/**
 * @typedef {object} Fact
 * @property {string} name
 * @property {keyof typeof FORMATS} kind
 * @property {number} value
 * @property {number} low lower end, for the kind “interval”
 * @property {number} high upper end, for the kind “interval”
 * @property {number} digit the digit that the value is about, for the kind “digit”
 * @property {number | null} count number of images
 * @property {string | null} file the file with these images
 * @property {boolean | null} development whether the file is development data
 */

// Each kind of fact has a function that formats the fact's value.
const FORMATS = {
  share: (/** @type {Fact} */ { value }) => percent(value, 2),
  interval: (/** @type {Fact} */ { value, low, high }) =>
    text("interval", { share: percent(value, 2), low: number(100 * low, 2), high: number(100 * high, 2) }),
  digit: (/** @type {Fact} */ { digit, value }) => `${digit}: ${percent(value, 2)}`,
  count: (/** @type {Fact} */ { value }) => number(value),
  bytes: (/** @type {Fact} */ { value }) => `${number(value / 1e6, 2)} MB`,
  seconds: (/** @type {Fact} */ { value }) => text("minutes", { value: number(value / 60) }),
};

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const details = find(element, "details", HTMLDetailsElement);
  const retry = new Retry(request);

  function show() {
    const { failed, facts, pictures } = props.value ?? {};
    find(element, ".hint").textContent = facts ? "" : failed ? failureText(failed) : text("aboutWaiting");
    find(element, ".measurements").hidden = !facts;
    retry.follow(failed);
    if (!facts) return;
    find(element, "tbody").replaceChildren(...facts.map(row));
    find(element, ".pictures").replaceChildren(...Object.entries(pictures).map(figure));
  }

  function request() {
    if (details.open && !props.value?.facts) trigger("opened");
  }

  details.addEventListener("toggle", request);
  watch("value", show);
  followLanguage(element, show);
}

/** @param {Fact} fact */
function row(fact) {
  const file = fact.development ? text("developmentData", { file: fact.file }) : fact.file;
  const count = fact.count === null ? null : number(fact.count);
  return create("tr", {},
    create("th", { scope: "row", textContent: text(`fact ${fact.name}`, { file, count }) }),
    create("td", { textContent: FORMATS[fact.kind](fact) }),
  );
}

// The SVG is shown as an image, because scripts in an image do not run. Use a data: URL, not a blob: URL: if a visitor
// opens the image in a new tab, a script in the image still cannot read the page.
/** @param {[string, string]} picture name and SVG */
function figure([name, svg]) {
  const src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return create("figure", { className: name },
    create("figcaption", { textContent: text(`picture ${name}`) }),
    create("img", { src, alt: text(`alt ${name}`) }),
  );
}
