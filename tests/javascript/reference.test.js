// Test the references that Gradio passes in place of values.

import assert from "node:assert/strict";
import { test } from "node:test";

import { referenceTo, valueOf, withValues } from "../../assets/shared/reference.js";

test("a reference leads to its value, and nothing else is changed", () => {
  const value = { strokes: [[[0, 1]]] };
  assert.equal(valueOf(referenceTo(value)), value);
  for (const other of [undefined, null, 7, "text", false]) assert.equal(referenceTo(other), other);
  for (const other of [undefined, null, 7, value]) assert.equal(valueOf(other), other);
});

test("the JSON of references is equal for the same value alone", () => {
  const [one, other] = [{ number: "1" }, { number: "1" }];
  assert.equal(JSON.stringify(referenceTo(one)), JSON.stringify(referenceTo(one)));
  assert.notEqual(JSON.stringify(referenceTo(one)), JSON.stringify(referenceTo(other)));
});

test("a component gets and sets values, and Gradio has references", () => {
  const gradio = /** @type {Record<string, any>} */ ({ value: referenceTo({ number: "1" }), rejects: true });
  const props = withValues(gradio);
  assert.deepEqual([props.value, props.rejects], [{ number: "1" }, true]);
  const strokes = { strokes: [] };
  props.value = strokes;
  assert.equal(props.value, strokes);
  assert.equal(gradio.value, referenceTo(strokes));
});
