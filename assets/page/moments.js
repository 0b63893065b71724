// The moment of the drawing that the page shows: the newest answer, or an earlier one that the visitor has chosen on the
// timeline. The views of the network follow it.

/** @import { Answer } from "../shared/answers.js" */

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
