// Test that a failed request is sent again.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { failureText, Retry } from "../../assets/shared/retry.js";
import { setTexts } from "../../assets/shared/text.js";

const browser = new EventTarget();
let calls = 0;
const retry = new Retry(() => (calls += 1));

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  for (const name of /** @type {const} */ (["addEventListener", "removeEventListener"])) {
    Object.assign(globalThis, { [name]: browser[name].bind(browser) });
  }
  calls = 0;
});

afterEach(() => {
  retry.stop();
  mock.timers.reset();
});

test("a request is repeated once after some seconds", () => {
  retry.start();
  mock.timers.tick(1000);
  assert.equal(calls, 0);
  mock.timers.tick(10_000);
  assert.equal(calls, 1);
});

test("a request is repeated at once, and only once, when the browser is online again", () => {
  retry.start();
  retry.start();
  browser.dispatchEvent(new Event("online"));
  assert.equal(calls, 1);
  browser.dispatchEvent(new Event("online"));
  mock.timers.tick(10_000);
  assert.equal(calls, 1);
});

test("a stopped request is not repeated", () => {
  retry.start();
  retry.stop();
  browser.dispatchEvent(new Event("online"));
  mock.timers.tick(10_000);
  assert.equal(calls, 0);
});

test("a request is repeated after a failure of the connection, and not after a rejection", () => {
  retry.follow({ state: "offline" });
  mock.timers.tick(10_000);
  assert.equal(calls, 1);
  retry.follow({ state: "offline" });
  retry.follow({ state: "error", message: "Too many strokes." });
  mock.timers.tick(10_000);
  retry.follow(undefined);
  mock.timers.tick(10_000);
  assert.equal(calls, 1);
});

test("the reason of a rejection is shown, and any other failure says that the page tries again", () => {
  setTexts("en", { retrying: "again" });
  assert.equal(failureText({ state: "error", message: "Too many strokes." }), "Too many strokes.");
  for (const state of /** @type {const} */ (["offline", "busy", "warming", "error"])) {
    assert.equal(failureText({ state }), "again");
  }
});
