// Test the choice of the page's language.

import assert from "node:assert/strict";
import { test } from "node:test";

import { matchLanguage } from "../../assets/shared/languages.js";

const AVAILABLE = ["en", "zh-CN", "pt-BR", "pt-PT", "sr"];

/** @type {[string[], string | undefined][]} */
const CASES = [
  [["en-US"], "en"],
  [["zh-CN"], "zh-CN"],
  [["zh-cn"], "zh-CN"],
  [["zh"], "zh-CN"],
  [["zh-SG"], "zh-CN"],
  [["zh-TW"], undefined],
  [["zh-Hant"], undefined],
  [["zh-HK", "pt-PT"], "pt-PT"],
  [["pt"], "pt-BR"],
  [["pt-AO"], "pt-BR"],
  [["sr-Latn", "en"], "en"],
  [["sr-RS"], "sr"],
  [["de", "fr"], undefined],
  [["de", "en-GB", "zh-CN"], "en"],
  [["", "not a tag", "*", "en"], "en"],
  [[], undefined],
];

for (const [preferred, expected] of CASES) {
  test(`${JSON.stringify(preferred)} gives ${expected ?? "no language"}`, () => {
    assert.equal(matchLanguage(preferred, AVAILABLE), expected);
  });
}

test("traditional characters are chosen if they are available", () => {
  assert.equal(matchLanguage(["zh-HK"], ["en", "zh-CN", "zh-TW"]), "zh-TW");
});
