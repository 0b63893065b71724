// Buttons that give the drawing, or one digit of it, its correct label. The page learns from a digit, and the server stores
// the correction, if `props.learns` and `props.stores` say so.
// The value `props.value` is null or {} if nothing can be corrected, {picture: true} for a picture, or it has the type
// Offer of page/corrections.js.
// Emits three events. The page then sets a new value.
// - "chosen" after the choice of a digit: the field `selected` of the value is its index.
// - "labeled" after a label: the field `request` of the value is {target, label}.
// - "undone" after a click on “Undo”: the field `request` of the value is {targets}.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Offer } from "../../page/corrections.js" */

import { find } from "../../shared/dom.js";
import { followLanguage, text } from "../../shared/text.js";
import { DigitButtons } from "./digits.js";
import { LABELS, noteText, LABEL_NOT_DIGIT, questionText } from "./sentences.js";

const WHOLE = "whole";
const NUMBER = /^[0-9]{1,10}$/;

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const choice = find(element, ".choice");
  const question = find(element, ".choice + .question");
  const [one, other, undo] = [".one", ".other", ".undo"].map((selector) => find(element, selector));
  const entry = find(element, ".entry", HTMLFormElement);
  const input = find(entry, "input", HTMLInputElement);
  const status = find(element, ".status");
  const group = find(element, ".labels");
  const digits = new DigitButtons(find(element, ".digits"), chooseDigit);
  const toggle = find(group, ".toggle");
  const labels = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("button:not(.toggle)")]);
  /** @type {"digit" | "one" | "number"} what the visitor corrects: a digit, or the whole drawing as a digit or number */
  let mode = "digit";
  /** @type {number | undefined} the id of the answer for which the visitor has chosen the mode */
  let id;
  let undone = ""; // The label that the visitor has undone last.
  /** @type {string | null} what is wrong with the number that the visitor has entered, as the key of a text */
  let mistake = null;

  /** @returns {Offer | null} */
  const offer = () => (props.value?.readings ? props.value : null);
  const target = () => (mode === "digit" ? String(offer()?.selected ?? 0) : WHOLE);
  const { learns, stores } = props;

  /** @param {typeof mode} chosen */
  function setMode(chosen) {
    if (!offer()) return;
    [mode, mistake] = [chosen, null];
    show();
    if (mode === "number") input.focus();
  }

  /** @param {number} index */
  function chooseDigit(index) {
    [mode, mistake] = ["digit", null];
    props.value = { ...props.value, selected: index };
    trigger("chosen");
    show();
  }

  /** @param {string} label */
  function request(label) {
    if (isLocked() || isAnswer(label)) return;
    mistake = null;
    props.value = { ...props.value, request: { target: target(), label, stores, learns: learns && LABELS.includes(label) } };
    trigger("labeled");
    show();
  }

  // Return the targets whose stored corrections exclude another correction of the current target. The corrections of
  // the digits and a correction of the whole drawing exclude each other, because they could contradict each other.
  function excluding() {
    const stored = offer()?.stored ?? {};
    return Object.keys(stored).filter((each) => each === target() || (each === WHOLE) !== (target() === WHOLE));
  }

  const isLocked = () => !offer() || Boolean(offer()?.request) || excluding().length > 0;

  // Return whether the network has already given this answer. Then, the label corrects nothing.
  /** @param {string} label */
  function isAnswer(label) {
    const { readings = [], selected = 0, number } = offer() ?? {};
    if (mode !== "digit" && readings.length > 1) return label === number;
    return label === String(readings[selected]?.digit ?? LABEL_NOT_DIGIT);
  }

  function show() {
    const current = offer();
    if (current?.id !== id) {
      [id, mode, mistake] = [current?.id, "digit", null];
      entry.reset();
    }
    const several = (current?.readings.length ?? 0) > 1;
    const stored = current?.stored ?? {};
    const undoable = excluding().filter((each) => !stored[each].pending);
    choice.hidden = !several;
    other.hidden = !stores; // The page learns single digits only.
    digits.show(current, mode === "digit" ? target() : null);
    press(one, mode === "one");
    press(other, mode === "number");
    question.textContent = mode === "number" && several ? "" : questionText(current, mode);
    group.setAttribute("aria-label", `${question.textContent} ${text(stores ? "correctionLong" : "learnLong")}`);
    group.hidden = question.hidden = mode === "number" && several;
    showLabels(stored[target()]?.label ?? current?.request?.label);
    toggle.hidden = several || !stores;
    entry.hidden = mode !== "number";
    entry.querySelector("button")?.setAttribute("aria-disabled", String(isLocked()));
    input.readOnly = isLocked();
    status.textContent = mistake
      ? text(mistake, { number: current?.number })
      : noteText(props.value, target(), excluding(), { learns, stores });
    // While corrections are being deleted, the button stays visible: a hidden button loses the focus.
    const isDeleting = !undo.hidden && excluding().length > 0;
    showUndo(undoable.length > 0 || isDeleting, undoable.length === excluding().length && !current?.request);
  }

  /** @param {string | undefined} pressed the label that is stored, or that is being stored */
  function showLabels(pressed) {
    LABELS.forEach((label, i) => {
      press(labels[i], label === pressed);
      disable(labels[i], isLocked() || isAnswer(label));
    });
    toggle.setAttribute("aria-expanded", String(mode === "number"));
    disable(toggle, isLocked());
  }

  // Before the button is hidden, the focus moves to the control with which the visitor goes on.
  /** @type {(isShown: boolean, isEnabled: boolean) => void} */
  function showUndo(isShown, isEnabled) {
    if (!isShown && document.activeElement === undo) {
      (mode === "number" ? input : labels[Math.max(0, LABELS.indexOf(undone))]).focus();
    }
    undo.hidden = !isShown;
    undo.setAttribute("aria-disabled", String(!isEnabled));
  }

  // Disabled buttons keep the focus. While nothing can be corrected, the tab key skips them.
  /** @type {(button: HTMLElement, disabled: boolean) => void} */
  function disable(button, disabled) {
    button.setAttribute("aria-disabled", String(disabled));
    button.tabIndex = offer() ? 0 : -1;
  }

  labels.forEach((button, i) => button.addEventListener("click", () => request(LABELS[i])));
  toggle.addEventListener("click", () => isDisabled(toggle) || setMode(mode === "number" ? "digit" : "number"));
  one.addEventListener("click", () => setMode("one"));
  other.addEventListener("click", () => setMode("number"));
  undo.addEventListener("click", () => {
    if (isDisabled(undo)) return;
    undone = offer()?.stored[excluding()[0]].label ?? "";
    props.value = { ...props.value, request: { targets: excluding() } };
    trigger("undone");
    show();
  });
  entry.addEventListener("submit", (event) => {
    event.preventDefault();
    const label = input.value.normalize("NFKC").replace(/\s/g, ""); // Full-width digits become plain digits.
    if (isLocked()) return;
    mistake = !NUMBER.test(label) ? "numberExpected" : isAnswer(label) ? "numberIsAnswer" : null;
    if (mistake) show();
    else request(label);
  });
  watch("value", show);
  followLanguage(element, show);
}

/** @param {HTMLElement} button */
const isDisabled = (button) => button.getAttribute("aria-disabled") === "true";

/** @type {(button: HTMLElement, isPressed: boolean) => void} */
const press = (button, isPressed) => button.setAttribute("aria-pressed", String(isPressed));
