// The timeline: the probabilities of the three likeliest outcomes while the drawing was made, from the answers that the
// page has got anyway. If the visitor drags along the timeline, the page shows an earlier moment: its ink and its bars.
// The value `props.value` is null, or it has the type AnswerView of shared/answers.js: the newest answer.

/** @import { AnswerView } from "../../shared/answers.js" */
/** @import { Component } from "../../shared/dom.js" */
/** @import { Course } from "./course.js" */

import { showMoment } from "../../page/moments.js";
import { BLANK, isOfPicture, selectedReading } from "../../shared/answers.js";
import { create, find } from "../../shared/dom.js";
import { CLASS_NOT_DIGIT } from "../../shared/shares.js";
import { confidence, followLanguage, number, text } from "../../shared/text.js";
import { courseOf } from "./course.js";
import { Recording } from "./recording.js";
import { connectSlider } from "./slider.js";

const RANKS = ["first", "second", "third"]; // The classes of the answer's line and of the two others.

/** @param {Component} component */
export function mount({ element, props, watch }) {
  const timeline = new Timeline(element);
  connectSlider(timeline);
  watch("value", () => timeline.receive(props.value || BLANK));
  followLanguage(element, () => timeline.show());
}

export class Timeline {
  /** @type {number | null} the index of the earlier moment that the page shows; null for the newest one */
  earlier = null;
  #recording = new Recording();
  /** @type {AnswerView} */
  #view = BLANK;
  /** @type {Course | null} */
  #course = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.chart = find(element, ".chart");
    this.lines = RANKS.map((name) => find(element, `.${name}`, SVGPolylineElement));
    this.leads = find(element, ".leads");
    this.sure = find(element, ".sure");
    this.head = find(element, ".head");
    this.hint = find(element, ".hint");
    this.marks = find(element, ".marks");
    this.keys = /** @type {HTMLElement[]} */ ([...find(element, ".legend").children]);
  }

  /** The index of the newest moment, or 0 if there is nothing to show. */
  get last() {
    return this.#course ? this.#recording.moments.length - 1 : 0;
  }

  /** @param {AnswerView} view the newest answer */
  receive(view) {
    if (view.connection.state !== "ready") return;
    const isNew = view.answer?.id !== this.#view.answer?.id;
    this.#view = view;
    if (view.answer && !isOfPicture(view.answer)) this.#recording.add(view.answer, performance.now());
    if (isNew) this.select(null);
    this.show();
  }

  /**
   * Show the moment with this index on the whole page. With null, show the newest one.
   * @param {number | null} index
   */
  select(index) {
    this.earlier = index;
    showMoment(index === null ? null : this.#recording.moments[index].answer);
    this.#showMoment();
  }

  show() {
    const { answer } = this.#view;
    const { moments } = this.#recording;
    const selected = selectedReading(this.#view);
    const isDrawn = answer && selected && selected.verdict !== "blank" && !isOfPicture(answer) && moments.length > 1;
    this.#course = isDrawn ? courseOf(moments, selected) : null;
    this.hint.textContent = isDrawn ? "" : text(answer && isOfPicture(answer) ? "timelineOfPicture" : "timelineHint");
    this.lines.forEach((line, rank) => line.setAttribute("points", this.#points(rank)));
    this.#place(this.leads, this.#course?.leads ?? null);
    this.#place(this.sure, this.#course?.sure ?? null);
    this.marks.replaceChildren(...this.#sentences());
    this.#showMoment();
  }

  /** @param {number} rank */
  #points(rank) {
    const { shares, likeliest } = this.#course ?? { shares: [], likeliest: [] };
    const points = shares.map((share, index) => share && `${this.#x(index).toFixed(4)},${(1 - share[likeliest[rank]]).toFixed(4)}`);
    return points.filter(Boolean).join(" ");
  }

  // Return the place of a moment on the timeline, from 0 to 1.
  /** @param {number} index */
  #x(index) {
    const { moments } = this.#recording;
    return moments[index].time / (moments[moments.length - 1].time || 1);
  }

  /** @param {number} place from 0 to 1; returns the index of the nearest moment */
  nearest(place) {
    const { moments } = this.#recording;
    const distances = moments.map((_, index) => Math.abs(this.#x(index) - place));
    return distances.indexOf(Math.min(...distances));
  }

  /** @type {(mark: HTMLElement, index: number | null) => void} */
  #place(mark, index) {
    mark.hidden = index === null;
    if (index !== null) mark.style.setProperty("--place", String(this.#x(index)));
  }

  /** @returns {Node[]} */
  #sentences() {
    const { leads, sure, likeliest } = this.#course ?? {};
    const sentences = [];
    const answer = likeliest ? nameOf(likeliest[0]) : "";
    if (leads !== null && leads !== undefined) sentences.push(this.#sentence("Leads", leads, answer));
    if (sure !== null && sure !== undefined) sentences.push(this.#sentence("Sure", sure, answer));
    return sentences;
  }

  /** @type {(mark: "Leads" | "Sure", index: number, answer: string) => HTMLElement} */
  #sentence(mark, index, answer) {
    const key = index === 0 ? `timeline${mark}Always` : `timeline${mark}`;
    const textContent = text(key, { answer, seconds: this.#seconds(index) });
    return create("span", { className: mark.toLowerCase(), textContent });
  }

  /** @param {number} index */
  #seconds(index) {
    return number(this.#recording.moments[index].time / 1000, 1);
  }

  #showMoment() {
    const course = this.#course;
    const index = this.earlier ?? this.last;
    this.#place(this.head, course && index);
    this.chart.classList.toggle("earlier", this.earlier !== null);
    const shares = course?.shares[index];
    const order = course ? [...course.likeliest.keys()] : [];
    order.sort((one, other) => (course ? course.likeliest[one] - course.likeliest[other] : 0));
    const figures = order.map((rank) => {
      const outcome = course ? course.likeliest[rank] : 0;
      return { rank, name: shortName(outcome), share: shares ? confidence(shares[outcome]) : "–" };
    });
    this.keys.forEach((key, row) => {
      const { rank, name = "", share = "" } = figures[row] ?? {};
      key.replaceChildren(...(name ? [name, create("span", { className: "share", textContent: share })] : []));
      key.className = rank === undefined ? "" : RANKS[rank];
    });
    this.#describe(index, figures.map(({ name, share }) => `${name} ${share}`).join(", "));
  }

  /** @type {(index: number, figures: string) => void} */
  #describe(index, figures) {
    const { chart, last } = this;
    chart.tabIndex = last > 0 ? 0 : -1;
    chart.setAttribute("aria-disabled", String(last === 0));
    chart.setAttribute("aria-valuemax", String(last));
    chart.setAttribute("aria-valuenow", String(index));
    const at = last > 0 ? text("timelineAt", { seconds: this.#seconds(index), figures }) : this.hint.textContent ?? "";
    chart.setAttribute("aria-valuetext", at);
  }
}

/** @param {number} outcome */
const shortName = (outcome) => (outcome === CLASS_NOT_DIGIT ? "?" : String(outcome));

/** @param {number} outcome */
const nameOf = (outcome) => (outcome === CLASS_NOT_DIGIT ? text("quotedNoDigit") : String(outcome));
