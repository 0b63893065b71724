// The answer: number, verdict, the network's 28×28 input, the attribution of that input, and the probability bars.
// If the drawing has several digits, the images and the bars show the selected digit. At first, the digit drawn last
// is selected.
// The value `props.value` is null, or it has the type AnswerView of shared/answers.js. The component changes the field
// `selection` of the value. The page sets the field `evidence`. The value `props.rejects` is whether the network can
// reject a drawing as a non-digit.
// While the visitor drags along the timeline, the number, the network's input and the bars are those of the earlier moment.
// Emits "retry" some time after a request without an answer. The page then requests the answer again.
// Emits "rested" when the pen rests. The page then sets `evidence`, and updates the sections about the drawing.

/** @import { Answer, AnswerView, Connection, Selection } from "../../shared/answers.js" */
/** @import { Component } from "../../shared/dom.js" */

import { followMoments, showNewest } from "../../page/moments.js";
import { BLANK, charactersOf, isWaiting, selectedReading, viewAt } from "../../shared/answers.js";
import { clearCanvas, paintAttribution, paintInk } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { BLOCKS, strongestBlock } from "../../shared/occlusion.js";
import { followLanguage } from "../../shared/text.js";
import { Timer } from "../../shared/timer.js";
import { Arrival } from "./arrival.js";
import { Bars } from "./bars.js";
import { attributionText, certaintyText, percentText, reasonText, timingText } from "./sentences.js";

/** @type {Partial<Record<Connection["state"], number>>} milliseconds until the next request, unless the server says so */
const RETRY_AFTER = { offline: 2000, warming: 1000, busy: 1000 };
// Milliseconds without a newer answer until a screen reader announces the current answer.
const SPEAK_AFTER = 700;
// Milliseconds without a newer answer until the component emits "rested". While the pen moves, newer answers usually
// arrive sooner than this, so that requests for the attribution do not delay the bars.
const EXPLAIN_AFTER = 40;
// Milliseconds without the attribution of the newest answer until the last attribution disappears.
const STALE_AFTER = 2000;

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const [number, percent, certainty, reason, timing, spoken, caption] = [
    ".number", ".percent", ".certainty", ".reason", ".timing", ".spoken", ".why figcaption",
  ].map((selector) => find(element, selector));
  const seen = find(element, ".seen canvas", HTMLCanvasElement);
  const why = find(element, ".why canvas", HTMLCanvasElement);
  const piece = find(element, ".piece");
  const bars = new Bars(find(element, ".bars"), props.rejects, chooseContrast);
  const arrival = new Arrival(find(element, ".seen"));
  const [retry, speak, rest, stale] = [new Timer(), new Timer(), new Timer(), new Timer()];
  /** @type {AnswerView | null} what is on the screen */
  let shown = null;

  /** @returns {AnswerView} */
  const value = () => props.value || BLANK;

  function show() {
    const view = value();
    if (view.evidence && shown && view.answer?.id === shown.answer?.id && !isSameSelection(view, shown)) {
      props.value = shown; // The visitor has selected something else before this attribution arrived.
      return;
    }
    const onlyEvidence = view.evidence && shown && isSameSelection(view, shown);
    shown = view;
    if (onlyEvidence) {
      reason.textContent = reasonText(view);
      return showAttribution(view);
    }
    const { connection, answer } = view;
    element.dataset.state = connection.state;
    // A message without a number takes the space of the number.
    element.toggleAttribute("data-message", connection.state !== "ready" || answer?.verdict === "blank");
    reason.textContent = reasonText(view);
    showNumber(view);
    // While the page requests the answer to a drawing again, the images and the bars of the last answer stay visible.
    // In the state “offline”, answer.css fades them. They never stay beside a picture, or beside a rejected drawing.
    if (isWaiting(connection) && !connection.picture) stale.start();
    else {
      showReading(view);
      timing.textContent = timingText(answer?.milliseconds ?? {});
      showAttribution(view);
    }
    rest.start(props.value && !view.evidence ? EXPLAIN_AFTER : undefined, () => {
      trigger("rested");
      const reading = selectedReading(view);
      if (view.answer && reading) arrival.play(view.answer, reading);
    });
    retry.start(connection.retryAfter ?? RETRY_AFTER[connection.state], () => trigger("retry"));
    speak.start(SPEAK_AFTER, () => { spoken.textContent = spokenText(view); });
    showNewest(view);
  }

  function showAll() {
    shown = null;
    show();
  }

  // Show a single digit as text. Show each of several digits as a button that selects the digit's reading.
  /** @param {AnswerView} view */
  function showNumber({ answer, selection }) {
    const characters = answer ? charactersOf(answer) : [];
    const isSelectable = (answer?.readings.length ?? 0) > 1;
    const focused = [...number.children].findIndex((child) => child === document.activeElement);
    number.style.setProperty("--length", String(Math.max(1, characters.length)));
    number.replaceChildren(...characters.map(({ text: character, index, verdict }) => {
      if (index === null) return create("span", { className: "sign", textContent: character });
      const digit = create(isSelectable ? "button" : "span", { className: "digit", textContent: character });
      digit.dataset.verdict = verdict ?? "";
      if (isSelectable) {
        digit.setAttribute("aria-pressed", String(index === selection.reading));
        digit.addEventListener("click", () => select({ reading: index, contrast: null }));
      }
      return digit;
    }));
    /** @type {HTMLElement | undefined} */ (number.children[focused])?.focus({ preventScroll: true });
  }

  /** @param {AnswerView} view */
  function showReading(view) {
    const reading = selectedReading(view);
    percent.textContent = percentText(view);
    certainty.textContent = certaintyText(reading);
    bars.show(reading);
    clearCanvas(seen);
    if (reading) paintInk(seen, reading.image);
  }

  // Until the attribution arrives, the last picture stays, with its own caption.
  /** @param {AnswerView} view */
  function showAttribution(view) {
    const reading = selectedReading(view);
    const blank = !reading || reading.verdict === "blank";
    bars.mark(blank ? null : view.selection.contrast);
    stale.start(blank || view.evidence ? undefined : STALE_AFTER, removeAttribution);
    if (blank) removeAttribution();
    else if (view.evidence) {
      paintAttribution(why, view.evidence, reading.image);
      caption.textContent = attributionText(view);
      markPiece(piece, view);
      element.toggleAttribute("data-explained", true);
    }
  }

  function removeAttribution() {
    clearCanvas(why);
    piece.hidden = true;
    caption.textContent = "";
    element.toggleAttribute("data-explained", false);
  }

  // Show an earlier answer: its number, the network's input and the bars. With null, show the newest answer again.
  /** @param {Answer | null} earlier */
  function showEarlier(earlier) {
    const view = earlier ? viewAt(earlier, value()) : value();
    element.toggleAttribute("data-earlier", earlier !== null);
    reason.textContent = reasonText(view);
    showNumber(view);
    showReading(view);
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
    if (connection.state !== "ready") return reasonText(view);
    if (!answer) return "";
    return [reasonText(view), percent.textContent, certainty.textContent].filter(Boolean).join(" ");
  }

  watch("value", show);
  followMoments(showEarlier);
  followLanguage(element, showAll);
}

// In a comparison with another digit, mark the piece that the answer needs most.
/** @type {(piece: HTMLElement, view: AnswerView) => void} */
function markPiece(piece, { occlusion }) {
  piece.hidden = !occlusion;
  if (!occlusion) return;
  const index = strongestBlock(occlusion);
  piece.style.setProperty("--row", String(Math.floor(index / BLOCKS)));
  piece.style.setProperty("--column", String(index % BLOCKS));
}

// Return whether two views have the same answer and the same selection.
/** @type {(one: AnswerView, other: AnswerView) => boolean} */
function isSameSelection(one, other) {
  const [selection, before] = [one.selection, other.selection];
  return one.answer?.id === other.answer?.id
    && selection.reading === before.reading && selection.contrast === before.contrast;
}
