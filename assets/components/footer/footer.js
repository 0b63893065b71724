// The end of the page: a link to the documentation of the API.

/** @import { Component } from "../../shared/dom.js" */

import { followLanguage } from "../../shared/text.js";

/** @param {Component} component */
export function mount({ element }) {
  followLanguage(element);
}
