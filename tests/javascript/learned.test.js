// Test what the page keeps of the visitor's corrections, and the results of the test of ten digits.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countRight, leastCertain, linkTo, resultOf, rightIn, shuffled } from "../../assets/components/quiz/results.js";
import { examples, followLearned, forget, isKept, keep, keepNetwork, learned } from "../../assets/page/learned.js";
import { parseLearned } from "../../assets/shared/learned_json.js";

const EXAMPLE = {
  features: `${"A".repeat(171)}=`, label: "4", rather_than: "9", reach: 0.5, weight: 6, network: "0123456789ab",
};
const IMAGE = `${"A".repeat(1046)}==`;

test("only complete examples of known labels are read from the storage, without other fields", () => {
  const damaged = [
    null, {}, "text", { image: IMAGE }, { image: "x", example: EXAMPLE },
    ...[{ label: "12" }, { weight: -1 }, { reach: "0.5" }, { network: "?" }, { rather_than: undefined }, { features: "AA==" }]
      .map((change) => ({ image: IMAGE, example: { ...EXAMPLE, ...change } })),
  ];
  const good = { image: IMAGE, example: { ...EXAMPLE, other: 1 }, other: 2 };
  assert.deepEqual(parseLearned(JSON.stringify([...damaged, good])), [{ image: IMAGE, example: EXAMPLE }]);
  assert.deepEqual([parseLearned(null), parseLearned("{}")], [[], []]);
});

test("the newest five examples stay, also without a storage, and those of another network are forgotten", () => {
  let changes = 0;
  followLearned(() => changes++);
  for (const label of "0123456") keep({ ...EXAMPLE, label }, IMAGE);
  assert.deepEqual(examples().map(({ label }) => label), ["2", "3", "4", "5", "6"]);
  assert.equal(isKept(), false); // Node has no local storage.
  forget(learned()[1].id);
  assert.deepEqual(examples().map(({ label }) => label), ["2", "4", "5", "6"]);
  keepNetwork(EXAMPLE.network);
  assert.equal(changes, 8);
  keepNetwork("ffffffffffff");
  assert.deepEqual([examples(), changes], [[], 9]);
});

test("the test asks for each digit once", () => {
  const digits = shuffled();
  digits.sort((one, other) => one - other);
  assert.deepEqual(digits, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("the result counts the digits that were read correctly, and names the least certain of them", () => {
  const read = (/** @type {number} */ digit, /** @type {number} */ probability) => ({
    number: String(digit),
    readings: [/** @type {any} */ ({ digit, no_digit: 0.5, probabilities: [...Array(10).keys()].map((other) => (other === digit ? probability : 0)) })],
  });
  const results = [resultOf(4, [], read(4, 0.9), 1), resultOf(7, [], read(7, 0.6), 1), resultOf(1, [], read(7, 0.1), 1)];
  assert.equal(countRight(results), 2);
  assert.equal(leastCertain(results), results[1]);
  assert.equal(results[1].probability, 0.3);
  assert.equal(leastCertain(results.slice(2)), null);
  const several = { number: "11", readings: [...read(1, 1).readings, ...read(1, 1).readings] };
  assert.equal(resultOf(1, [], several, 1).probability, 0);
});

test("a link has the number of correct answers", () => {
  assert.equal(linkTo("https://example.org/page#drawing=A", 9), "https://example.org/page#test=9");
  assert.deepEqual(["#test=9", "#test=10", "#test=0", "#test=11", "#test=", "#test=x", "#drawing=9", ""].map(rightIn),
    [9, 10, 0, null, null, null, null, null]);
});
