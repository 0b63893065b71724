// The moment of the drawing that the page shows: the newest answer, or an earlier one that the visitor has chosen on the
// timeline. The views of the network follow it.

/** @import { Answer, AnswerView } from "../shared/answers.js" */

import { BLANK } from "../shared/answers.js";

let newest = BLANK;
/** @type {Set<(view: AnswerView) => void>} */
const viewFollowers = new Set();

/** @type {Answer | null} an earlier answer; null while the page shows the newest one */
let earlier = null;
/** @type {Set<(answer: Answer | null) => void>} */
const followers = new Set();

/** Return the earlier answer that the page shows, or null if it shows the newest one. */
export const earlierMoment = () => earlier;

/**
 * Show an earlier answer. With null, show the newest answer again.
 * @param {Answer | null} answer
 */
export function showMoment(answer) {
  if (answer === earlier) return;
  earlier = answer;
  for (const changed of followers) changed(earlier);
}

/**
 * Call a function after each change, with the earlier answer or null.
 * @param {(answer: Answer | null) => void} changed
 */
export const followMoments = (changed) => followers.add(changed);

/** Return what the answer component shows. */
export const newestView = () => newest;

/**
 * Tell the views of the network what the answer component shows now.
 * @param {AnswerView} view
 */
export function showNewest(view) {
  newest = view;
  for (const changed of viewFollowers) changed(view);
}

/**
 * Call a function after each answer and each selection. It runs before the bars are on the screen, so it must be short.
 * @param {(view: AnswerView) => void} changed
 */
export const followNewest = (changed) => viewFollowers.add(changed);
