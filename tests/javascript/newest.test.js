// Test that one request is pending at a time, and that the newest value is always sent.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NewestFirst } from "../../assets/page/newest.js";

/** Return a function `send`, the values that it was called with, and its requests, which a test resolves or rejects. */
function fakeServer() {
  /** @type {number[]} */
  const sent = [];
  /** @type {{ resolve: (answer: string) => void, reject: (error: Error) => void }[]} */
  const pending = [];
  const send = (/** @type {number} */ value) => {
    sent.push(value);
    /** @type {any} */
    const request = {};
    request.promise = new Promise((resolve, reject) => Object.assign(request, { resolve, reject }));
    pending.push(request);
    return request.promise;
  };
  return { send, sent, pending };
}

const settle = () => new Promise((done) => setTimeout(done));

test("a value is sent at once if no request is pending", async () => {
  const { send, sent, pending } = fakeServer();
  const queue = new NewestFirst(send);
  const answer = queue.submit(1);
  assert.deepEqual([sent, queue.isBusy], [[1], true]);
  pending[0].resolve("one");
  assert.equal(await answer, "one");
  assert.equal(queue.isBusy, false);
});

test("one request is pending at a time, and only the newest waiting value is sent", async () => {
  const { send, sent, pending } = fakeServer();
  const queue = new NewestFirst(send);
  const answers = [1, 2, 3, 4].map((value) => queue.submit(value));
  await settle();
  assert.deepEqual(sent, [1]);
  pending[0].resolve("one");
  await settle();
  assert.deepEqual(sent, [1, 4]);
  pending[1].resolve("four");
  assert.deepEqual(await Promise.all(answers), ["one", undefined, undefined, "four"]);
});

test("the newest value is sent even if the request before it fails", async () => {
  const { send, sent, pending } = fakeServer();
  const queue = new NewestFirst(send);
  const [first, second] = [queue.submit(1), queue.submit(2)];
  pending[0].reject(new Error("offline"));
  await assert.rejects(first, /offline/);
  await settle();
  assert.deepEqual(sent, [1, 2]);
  pending[1].resolve("two");
  assert.equal(await second, "two");
});

test("a result about a value is dropped if a newer value is submitted meanwhile", async () => {
  const { send, pending } = fakeServer();
  const queue = new NewestFirst(send);
  queue.submit(1);
  const [kept, dropped] = [queue.whileNewest(Promise.resolve("early")), queue.whileNewest(settle().then(() => "late"))];
  assert.equal(await kept, "early");
  queue.submit(2);
  assert.equal(await dropped, undefined);
  pending[0].resolve("one");
});
