// Test texts, numbers and percentages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { confidence, confidenceNumber, followLanguage, number, percent, setTexts, text } from "../../assets/shared/text.js";

const read = (/** @type {string} */ tag) =>
  JSON.parse(readFileSync(new URL(`../../assets/locales/${tag}.json`, import.meta.url), "utf8")).texts;

/** @returns {any} an element without children */
const element = () => ({ isConnected: true, dataset: {}, querySelectorAll: () => [] });

beforeEach(() => setTexts("en", read("en")));

test("a text has its values filled in", () => {
  assert.equal(text("isBetween", { first: 4, second: 9 }), "This could be 4 or 9.");
  assert.equal(text("sure"), "sure");
});

test("numbers and percentages follow the language", () => {
  assert.equal(number(1234567), "1,234,567");
  assert.equal(number(0.5, 2), "0.50");
  assert.equal(percent(0.9973, 2), "99.73 %");
  setTexts("de", { percent: "{percent} %" });
  assert.equal(number(1234.5, 1), "1.234,5");
  assert.equal(percent(0.9973, 2), "99,73 %");
  setTexts("tr", { percent: "%{percent}" });
  assert.equal(confidence(0.93), "%93");
});

test("the numbers of each language of the page are those of the browser's format", () => {
  const others = Array.from({ length: 3000 }, (_, i) => i / 2.7);
  for (const tag of ["en", "zh-CN"]) {
    setTexts(tag, {});
    for (const decimals of [0, 1, 2]) {
      const format = new Intl.NumberFormat(tag, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      for (const value of [0, 0.5, 1.5, 99.5, 998.5, 998.99, 999, 999.5, 1000, -1.5, ...others]) {
        assert.equal(number(value, decimals), format.format(value), `${value} with ${decimals} decimals`);
      }
    }
  }
});

test("no probability is shown as 100 %", () => {
  assert.equal(confidence(0.994), "99 %");
  assert.equal(confidence(0.995), ">99 %");
  assert.equal(confidence(0.996), ">99 %");
  assert.equal(confidence(1), ">99 %");
  assert.equal(confidence(0), "0 %");
  assert.equal(confidenceNumber(1), ">99");
});

test("a component is rendered at once and after every change of the language", () => {
  /** @type {string[]} */
  const rendered = [];
  followLanguage(element(), () => rendered.push(text("undo")));
  setTexts("zh-CN", read("zh-CN"));
  assert.deepEqual(rendered, ["Undo", "撤销"]);
});

test("a component that has left the page is not rendered again", () => {
  let count = 0;
  const gone = element();
  followLanguage(gone, () => { count += 1; });
  gone.isConnected = false;
  setTexts("zh-CN", read("zh-CN"));
  assert.equal(count, 1);
});
