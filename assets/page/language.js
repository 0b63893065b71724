// Choose the page's language when the page opens, load the texts in this language, and change the language.
//
// The document holds the list of languages and the English texts. The folder locales/ has one file of texts for each
// other language. The file is loaded when its language is chosen. If the page opens in such a language, no text appears
// before the file is loaded.

import { find } from "../shared/dom.js";
import { matchLanguage } from "../shared/languages.js";
import { Retry } from "../shared/retry.js";
import { setTexts, text } from "../shared/text.js";
import { timeLimit } from "../shared/time_limit.js";

/**
 * @typedef {object} Language
 * @property {string} tag BCP 47 tag, such as "zh-CN"
 * @property {string} name the language's own name
 * @property {"ltr" | "rtl"} direction
 */

/** @type {{ languages: Language[], english: Record<string, string> }} */
const { languages, english } = JSON.parse(find(document, "#languages").textContent ?? "");
const [ENGLISH] = languages;
const STORAGE_KEY = "language";
// Milliseconds to wait for the texts of a language. A page that opens has no texts during this time.
const LOAD_TIMEOUT = 3000;

/** @type {Language | null} the language of the page, or null while the first language is loaded */
let shown = null;
/** @type {Language} the language that was chosen last. Its texts may not be loaded yet. */
let chosen = ENGLISH;

/** @type {Record<string, string>} the texts of the page, without the English texts */
let shownTexts = {};
/** @type {Language | null} the chosen language, if its texts cannot be loaded */
let missing = null;
const retry = new Retry(() => useLanguage(chosen));

export { languages };
/** Return the chosen language if its texts cannot be loaded. The page keeps trying. */
export const missingLanguage = () => missing;
export const shownLanguage = () => shown ?? ENGLISH;

/**
 * Change the page's language, and remember the choice for the next visit.
 * @param {Language} language
 */
export function chooseLanguage(language) {
  try {
    localStorage.setItem(STORAGE_KEY, language.tag);
  } catch {
    // If the browser's settings forbid localStorage, the next visit does not know the choice.
  }
  useLanguage(language);
}

// Set language, direction, title and manifest of the document. The heading calls this function again when it is mounted,
// because Gradio also sets the title when it starts.
export function labelDocument() {
  setLanguageAttributes();
  document.title = text("title");
  const link = find(document, "link[rel=manifest]", HTMLLinkElement);
  // A static site has a file for each language, and says how it is called.
  link.href = (link.dataset.address ?? "manifest.json?language={language}").replace("{language}", shownLanguage().tag);
}

function setLanguageAttributes() {
  const { tag, direction } = shownLanguage();
  const root = document.documentElement;
  if (root.lang !== tag) root.lang = tag;
  if (root.dir !== direction) root.dir = direction;
}

// When Gradio has loaded its own texts, it sets the browser's language, in which the page may have no texts.
new MutationObserver(setLanguageAttributes).observe(document.documentElement, { attributeFilter: ["lang", "dir"] });

/** @param {Language} language */
async function useLanguage(language) {
  chosen = language;
  retry.stop();
  const texts = await loadTexts(language);
  if (chosen !== language) return; // The visitor has chosen another language while the texts were loading.
  const wasMissing = missing === language;
  missing = texts ? null : language;
  if (texts) return show(language, texts);
  retry.start();
  if (!wasMissing) show(shown ?? ENGLISH, shownTexts);
}

/** @type {(language: Language, texts: Record<string, string>) => void} */
function show(language, texts) {
  shown = language;
  shownTexts = texts;
  setTexts(language.tag, { ...english, ...texts });
  labelDocument();
}

// Return the texts in a language. If they cannot be loaded, return null. The page then keeps its language, or starts in
// English, and tries again.
/** @type {(language: Language) => Promise<Record<string, string> | null>} */
async function loadTexts({ tag }) {
  if (tag === ENGLISH.tag) return english;
  const limit = timeLimit(LOAD_TIMEOUT);
  try {
    const response = await fetch(new URL(`../locales/${tag}.json`, import.meta.url), { signal: limit.signal });
    return (await response.json()).texts;
  } catch {
    return null;
  } finally {
    limit.end();
  }
}

function storedTag() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

const preferred = [storedTag() ?? [], navigator.languages].flat();
const preferredTag = matchLanguage(preferred, languages.map(({ tag }) => tag));
useLanguage(languages.find(({ tag }) => tag === preferredTag) ?? ENGLISH);
