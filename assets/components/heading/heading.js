// The title of the page, and one button for each language.

/** @import { Component } from "../../shared/dom.js" */

import { chooseLanguage, labelDocument, languages, missingLanguage, shownLanguage } from "../../page/language.js";
import { create, find } from "../../shared/dom.js";
import { followLanguage, text } from "../../shared/text.js";

/** @param {Component} component */
export function mount({ element }) {
  const buttons = languages.map((language) => {
    const { tag: lang, direction: dir, name } = language;
    const button = create("button", { type: "button", lang, dir, textContent: name });
    button.addEventListener("click", () => chooseLanguage(language));
    return button;
  });
  find(element, ".languages").replaceChildren(...buttons);
  followLanguage(element, () => {
    labelDocument();
    const missing = missingLanguage();
    find(element, ".missing").textContent = missing ? text("languageMissing", { name: missing.name }) : "";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === shownLanguage().tag));
  });
}
