// A folded section with a test: the page asks for ten digits in random order, and shows how many it has read correctly.
// During the test, a prompt covers the heading, and the visitor draws on the pad.
// The value `props.value` is null, {request} after an event of this component, or {reply}, the page's reply. Both have a
// field `number`, and a reply has the number of its request. See page/quiz.js.
// - "started": the page clears the pad.
// - "drawn" after a click on “Next”: the page reads the drawing on the pad and clears the pad.
// - "taught" after a click on “Teach”: the page learns from a drawing of the test.
// The value `props.learns` is whether the page can learn.
// If the page's address holds a link to a result, such as #test=9, the section opens.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Result } from "./results.js" */

import { find } from "../../shared/dom.js";
import { followLanguage, number as formatNumber, text } from "../../shared/text.js";
import { ResultList } from "./result_list.js";
import { COUNT, countRight, meanSeconds, resultOf, rightIn, shuffled } from "./results.js";
import { Sharing } from "./sharing.js";

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const details = find(element, "details", HTMLDetailsElement);
  const [start, next, stop, prompt] = [".start", ".next", ".stop", ".prompt"].map((name) => find(element, name));
  const [task, place] = [find(prompt, "strong"), find(prompt, ".task span")];
  const [result, other] = [find(element, ".result"), find(element, ".other")];
  const [score, mean] = [find(result, ".score strong"), find(result, ".score span")];
  const list = new ResultList(find(result, ".drawings"), props.learns, teach);
  const sharing = new Sharing(result, () => results);
  /** @type {number[]} the digits that the test asks for; none before the first test */
  let digits = [];
  /** @type {Result[]} */
  let results = [];
  let isRunning = false;
  let requests = 0;
  /** @type {((reply: any) => void) | null} what a reply to the newest request does */
  let waiting = null;
  let failed = ""; // The key of the text that says why the drawing was not read.
  let shownAt = 0; // When the page has asked for the digit, and when the pen has drawn last, in milliseconds.
  let drawnAt = 0;

  function begin() {
    [digits, results, isRunning] = [shuffled(), [], true];
    request("started", {}, null);
    document.body.classList.add("is-testing");
    scrollTo({ top: 0 });
    ask();
  }

  function ask() {
    failed = "";
    shownAt = drawnAt = performance.now();
    show();
  }

  function end() {
    isRunning = false;
    waiting = null;
    document.body.classList.remove("is-testing");
    details.open = true;
    show();
    details.scrollIntoView({ block: "start" });
    start.focus({ preventScroll: true });
  }

  function read() {
    if (waiting) return;
    const seconds = (drawnAt - shownAt) / 1000;
    request("drawn", {}, ({ strokes, answer, failed: reason }) => {
      if (reason) {
        failed = reason;
        return show();
      }
      results.push(resultOf(digits[results.length], strokes, answer, seconds));
      if (results.length === COUNT) end();
      else ask();
    });
  }

  /** @param {number} index */
  function teach(index) {
    if (waiting) return;
    const { strokes, digit } = results[index];
    request("taught", { strokes, label: String(digit) }, ({ taught }) => {
      results[index].isTaught = Boolean(taught);
      show();
    });
  }

  /** @type {(event: "started" | "drawn" | "taught", details: object, reply: typeof waiting) => void} */
  function request(event, details, reply) {
    waiting = reply;
    props.value = { request: { number: ++requests, ...details } };
    if (event === "started") trigger("started");
    else if (event === "drawn") trigger("drawn");
    else trigger("taught");
    next.setAttribute("aria-disabled", String(waiting !== null));
  }

  function receive() {
    const { reply } = props.value ?? {};
    if (!waiting || reply?.number !== requests) return;
    const act = waiting;
    waiting = null;
    act(reply);
  }

  function show() {
    prompt.hidden = !isRunning;
    next.setAttribute("aria-disabled", String(waiting !== null));
    if (isRunning) {
      task.textContent = text("quizTask", { digit: digits[results.length] });
      place.textContent = failed ? text(failed) : text("quizPlace", { place: results.length + 1, count: COUNT });
    }
    const isDone = results.length === COUNT;
    result.hidden = !isDone;
    start.textContent = text(isDone ? "quizAgain" : "quizStart");
    const linked = rightIn(location.hash);
    other.hidden = linked === null || isDone;
    other.textContent = linked === null ? "" : text("quizOther", { right: linked, count: COUNT });
    if (!isDone) return;
    score.textContent = text("quizScore", { right: countRight(results), count: COUNT });
    mean.textContent = text("quizMean", { seconds: formatNumber(meanSeconds(results), 1) });
    list.show(results);
    sharing.show();
  }

  function openLink() {
    if (!element.isConnected || rightIn(location.hash) === null) return;
    details.open = true;
    show();
    details.scrollIntoView({ block: "center" });
  }

  function openMeasurements() {
    const about = document.querySelector("#about details");
    if (!(about instanceof HTMLDetailsElement)) return;
    about.open = true;
    about.scrollIntoView({ block: "start" });
  }

  /** @param {Event} event */
  function noteDrawing({ target }) {
    if (isRunning && target instanceof Element && target.closest("#sketchpad .pad")) drawnAt = performance.now();
  }

  start.addEventListener("click", begin);
  next.addEventListener("click", read);
  stop.addEventListener("click", () => {
    results = [];
    end();
  });
  find(element, ".measurements").addEventListener("click", openMeasurements);
  for (const event of ["pointerup", "keydown"]) document.addEventListener(event, noteDrawing, true);
  watch("value", receive);
  followLanguage(element, show);
  setTimeout(openLink);
  addEventListener("hashchange", openLink);
}
