// The answer: number, verdict, the network's 28×28 input, the attribution of that input, and ten probability bars.
// If the drawing has several digits, the images and the bars show the selected digit. At first, the digit drawn last
// is selected.
// The value `props.value` is null, or it has the type AnswerView of shared/answers.js. The component changes the field
// `selection` of the value. The page sets the field `evidence`.
// Emits "retry" some time after a request without an answer. The page then requests the answer again.
// Emits "rested" when the pen rests. The page then sets `evidence`, and updates the sections about the drawing.

/** @import { AnswerView, Connection, Reading, Selection } from "../../shared/answers.js" */
/** @import { Component } from "../../shared/dom.js" */

import { BLANK, selectedReading } from "../../shared/answers.js";
import { clearCanvas, paintAttribution, paintInk } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { confidence, followLanguage } from "../../shared/text.js";
import { Bars } from "./bars.js";
import { attributionText, certaintyText, reasonText, timingText } from "./sentences.js";

/** @type {Partial<Record<Connection["state"], number>>} milliseconds until the next request, unless the server says so */
const RETRY_AFTER = { offline: 2000, warming: 1000, busy: 1000 };
// Milliseconds without a newer answer until a screen reader announces the current answer.
const SPEAK_AFTER = 700;
// Milliseconds without a newer answer until the component emits "rested". While the pen moves, newer answers usually
// arrive sooner than this, so that requests for the attribution do not delay the bars.
const EXPLAIN_AFTER = 40;

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const [number, percent, certainty, reason, timing, spoken, caption] = [
    ".number", ".percent", ".certainty", ".reason", ".timing", ".spoken", ".why figcaption",
  ].map((selector) => find(element, selector));
  const seen = find(element, ".seen canvas", HTMLCanvasElement);
  const why = find(element, ".why canvas", HTMLCanvasElement);
  const bars = new Bars(find(element, ".bars"), chooseContrast);
  const [retry, speak, rest] = [new Timer(), new Timer(), new Timer()];
  /** @type {AnswerView | null} what is on the screen */
  let shown = null;

  /** @returns {AnswerView} */
  const value = () => props.value || BLANK;

  function show() {
    const view = value();
    const onlyEvidence = view.evidence && shown && isSameSelection(view, shown);
    shown = view;
    if (onlyEvidence) return showAttribution(view);
    const { connection, answer } = view;
    element.dataset.verdict = connection.state === "ready" ? (answer?.verdict ?? "blank") : connection.state;
    reason.textContent = reasonText(view);
    showNumber(view);
    // If a request has no answer, the images and the bars of the last answer stay visible. In the states “offline”,
    // “error” and “unreadable”, answer.css fades them.
    if (connection.state === "ready") {
      showReading(selectedReading(view));
      timing.textContent = timingText(answer?.milliseconds ?? {});
      showAttribution(view);
    }
    rest.start(props.value && !view.evidence ? EXPLAIN_AFTER : undefined, () => trigger("rested"));
    retry.start(connection.retryAfter ?? RETRY_AFTER[connection.state], () => trigger("retry"));
    speak.start(SPEAK_AFTER, () => { spoken.textContent = spokenText(view); });
  }

  function showAll() {
    shown = null;
    show();
  }

  // Show a single digit as text. Show each of several digits as a button that selects the digit's reading.
  /** @param {AnswerView} view */
  function showNumber({ answer, selection }) {
    const readings = answer?.readings ?? [];
    number.style.setProperty("--length", String(Math.max(1, readings.length)));
    number.replaceChildren(...readings.map(({ digit, verdict }, index) => {
      const element = create(readings.length > 1 ? "button" : "span", { className: "digit" });
      element.dataset.verdict = verdict;
      element.textContent = String(digit ?? (verdict === "blank" ? "" : "?"));
      if (readings.length > 1) {
        element.setAttribute("aria-pressed", String(index === selection.reading));
        element.addEventListener("click", () => select({ reading: index, contrast: null }));
      }
      return element;
    }));
  }

  /** @param {Reading | undefined} reading */
  function showReading(reading) {
    const digit = reading?.digit ?? null;
    element.dataset.reading = reading?.verdict ?? "blank";
    percent.textContent = reading && digit !== null ? confidence(reading.probabilities[digit]) : "";
    certainty.textContent = certaintyText(reading);
    bars.show(reading);
    clearCanvas(seen);
    if (reading) paintInk(seen, reading.image);
  }

  /** @param {AnswerView} view */
  function showAttribution(view) {
    const reading = selectedReading(view);
    const blank = !reading || reading.verdict === "blank";
    caption.textContent = attributionText(view);
    bars.mark(blank ? null : view.selection.contrast);
    if (blank) clearCanvas(why);
    else if (view.evidence) paintAttribution(why, view.evidence, reading.image);
  }

  /** @param {Selection} selection */
  function select(selection) {
    props.value = { ...value(), selection, evidence: null };
    show();
  }

  // Compare the answer with the digit of the clicked bar. A second click on this bar ends the comparison, and so does a
  // click on the answer's own bar.
  /** @param {number} digit */
  function chooseContrast(digit) {
    const { selection } = value();
    const reading = selectedReading(value());
    if (!reading || reading.verdict === "blank") return;
    const ends = digit === reading.digit || digit === selection.contrast;
    select({ ...selection, contrast: ends ? null : digit });
  }

  /** @param {AnswerView} view */
  function spokenText(view) {
    const { connection, answer } = view;
    if (connection.state === "ready" && (!answer || answer.verdict === "blank")) return "";
    return [reasonText(view), percent.textContent, certainty.textContent].filter(Boolean).join(" ");
  }

  watch("value", show);
  followLanguage(element, showAll);
}

// Return whether two views have the same answer and the same selection.
/** @type {(one: AnswerView, other: AnswerView) => boolean} */
function isSameSelection(one, other) {
  const [selection, before] = [one.selection, other.selection];
  return one.answer?.id === other.answer?.id
    && selection.reading === before.reading && selection.contrast === before.contrast;
}

/** Calls a function once after a delay. If the timer is started again during the delay, only the new call happens. */
class Timer {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timeout;

  /**
   * @param {number | undefined} milliseconds the delay; undefined stops the timer without a new call
   * @param {() => void} act
   */
  start(milliseconds, act) {
    clearTimeout(this.#timeout);
    if (milliseconds !== undefined) this.#timeout = setTimeout(act, milliseconds);
  }
}
