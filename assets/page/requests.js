// Requests to the API: JSON or bytes with a time limit, and the errors of requests without an answer. The page and its
// workers use this module.

/** @import { Connection } from "../shared/answers.js" */

import { timeLimit } from "../shared/time_limit.js";

// Milliseconds without a response until a request fails.
export const TIMEOUT = 10_000;

/** The error of a request without an answer. `state` is the state of the connection that the page then shows. */
export class ApiError extends Error {
  /**
   * @param {Connection["state"]} state
   * @param {string} [message] the server's message
   * @param {number} [retryAfter] milliseconds until the server accepts a request again
   */
  constructor(state, message, retryAfter) {
    super(message);
    this.state = state;
    this.retryAfter = retryAfter;
  }
}

let folder = "api/";

/**
 * Set the address of the API. A worker has another base address than the page.
 * @param {string} address that ends with a slash
 */
export const useApi = (address) => {
  folder = address;
};

/** @type {(path: string, body: object, read?: (response: Response) => Promise<any>) => Promise<any>} */
export function post(path, body, read) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body) }, TIMEOUT, read);
}

/** @param {Response} response */
const readJson = (response) => response.json();

/**
 * `read` returns the content of an answer. An error is always JSON.
 * @type {(path: string, options: RequestInit, milliseconds: number, read?: (response: Response) => Promise<any>) => Promise<any>}
 */
export async function request(path, options, milliseconds, read = readJson) {
  const limit = timeLimit(milliseconds);
  let response, payload;
  try {
    response = await fetch(`${folder}${path}`, { ...options, signal: limit.signal });
    payload = await (response.ok ? read : readJson)(response);
  } catch {
    // There is no response, or its body is not JSON, for example the HTML of a proxy. With a status 4xx, the request
    // was rejected. Otherwise, the server does not answer, or the page cannot read the answer.
    const rejected = response && response.status >= 400 && response.status < 500;
    throw new ApiError(rejected ? "error" : "offline");
  } finally {
    limit.end();
  }
  if (response.ok) return payload;
  const retryAfter = 1000 * Number(response.headers.get("Retry-After"));
  throw new ApiError(response.status === 503 ? "busy" : "error", payload.detail, retryAfter || undefined);
}

/** @param {string} text base64 */
export const toBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** @param {Uint8Array} bytes */
export const toText = (bytes) => btoa(String.fromCharCode(...bytes));
