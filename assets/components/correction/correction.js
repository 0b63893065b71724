// Buttons that store the drawing with its correct label, as a correction.
// The value `props.value` takes one of these forms:
// - null or {} means that nothing can be corrected.
// - {digit} means that the answer can be corrected. `digit` is null if the answer is “not a digit”.
// - {label} means that the visitor has clicked a label.
// - {label, stored: true} means that the correction is stored.
// - {label, error, digit} means that the correction could not be stored, and that the visitor can try again. `error`
//   is a message, or null if the server did not answer.
// Emits "labeled" after a click. The page then stores the correction and sets the value.

/** @import { Component } from "../../shared/dom.js" */

import { create, find } from "../../shared/dom.js";
import { followLanguage, text } from "../../shared/text.js";

const NOT_A_DIGIT = "not a digit";
const LABELS = [...Array(10).keys()].map(String).concat(NOT_A_DIGIT);

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const note = find(element, ".note");
  const buttons = LABELS.map((label) => {
    const button = create("button", { type: "button" });
    button.addEventListener("click", () => {
      props.value = { label };
      trigger("labeled");
      show();
    });
    return button;
  });
  find(element, ".labels").replaceChildren(...buttons);

  function show() {
    const value = props.value || {};
    LABELS.forEach((label, i) => {
      buttons[i].textContent = nameOf(label);
      // Disable the label that equals the answer, because that label corrects nothing. After a click, disable all
      // labels, because a drawing is stored only once.
      buttons[i].disabled = !("digit" in value) || label === String(value.digit ?? NOT_A_DIGIT);
      buttons[i].setAttribute("aria-pressed", String(label === value.label));
    });
    note.textContent = noteText(value);
  }

  watch("value", show);
  followLanguage(element, show);
}

/** @param {string} label */
const nameOf = (label) => (label === NOT_A_DIGIT ? text("noDigit") : label);

/** @param {{ label: string, stored?: boolean, error?: string | null }} value */
function noteText({ label, stored, error }) {
  if (stored) return text("corrected", { label: nameOf(label) });
  return error === undefined ? text("correctionNote") : text("notCorrected", { error: error ?? text("lost") });
}
