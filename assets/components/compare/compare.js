// A folded section with a table of the answers of all models.
// The value `props.value` is null until the page sets it to {models}, the answer of /compare. The list `models` is
// empty if nothing is drawn. If the server does not answer, the value is {failed}, with the state of the connection.
// Emits "opened" when the section is opened, and some time after a failure. The page sets the value after this event.
// While the section is open, the page also sets the value whenever the pen rests.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Model } from "../../page/networks.js" */

import { create, find } from "../../shared/dom.js";
import { failureText, Retry } from "../../shared/retry.js";
import { shareOf } from "../../shared/shares.js";
import { confidence, followLanguage, number, percent, text } from "../../shared/text.js";

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const details = find(element, "details", HTMLDetailsElement);
  const hint = find(element, ".hint");
  const table = find(element, "table", HTMLTableElement);
  const retry = new Retry(request);

  function show() {
    const { failed } = props.value ?? {};
    /** @type {Model[]} */
    const models = props.value?.models ?? [];
    table.hidden = models.length === 0;
    table.tBodies[0].replaceChildren(...models.map(row));
    const reason = failed ? failureText(failed) : text(props.value?.models ? "nothingToCompare" : "comparing");
    hint.textContent = models.length > 0 ? "" : reason;
    retry.follow(failed);
  }

  function request() {
    if (details.open) trigger("opened");
  }

  details.addEventListener("toggle", request);
  watch("value", show);
  followLanguage(element, show);
}

/** @type {(model: Model) => HTMLTableRowElement} */
function row(model) {
  const { name, digit, verdict, mnist, bytes, milliseconds, own } = model;
  return create("tr", { className: own ? "own" : "", ariaCurrent: own ? "true" : null },
    create("td", { textContent: name }),
    create("td", { textContent: verdict === "not a digit" ? text("noDigit") : String(digit), className: "says" }),
    create("td", { textContent: confidence(shareOf(model)) }),
    create("td", { textContent: percent(mnist, 2) }),
    create("td", { textContent: `${number(bytes / 1e6, 2)} MB` }),
    create("td", { textContent: `${number(milliseconds, 1)} ms` }),
  );
}
