// The colors of the picture that visitors can post.

/**
 * @typedef {object} Colors
 * @property {string} background
 * @property {string} paper
 * @property {string} border
 * @property {string} ink
 * @property {string} text
 * @property {string} subdued
 * @property {string} track
 * @property {string} fill
 * @property {string} accent
 */

/** @type {Colors} */
const LIGHT = {
  background: "#f4f4f7", paper: "#fff", border: "#e0e0e6", ink: "#111", text: "#27272a", subdued: "#62626b",
  track: "#e3e3e9", fill: "#a5a5af", accent: "#4f46e5",
};
/** @type {Colors} */
const DARK = {
  background: "#0f0f11", paper: "#1c1c20", border: "#34343b", ink: "#eee", text: "#f4f4f5", subdued: "#bbbbc2",
  track: "#2b2b31", fill: "#74747e", accent: "#818cf8",
};

/** Return the colors for the theme of the page. */
export const colorsOfPage = () => (document.body.classList.contains("dark") ? DARK : LIGHT);
