// Compare the engine's answers with those of the server.

/** @import { Reading } from "../shared/answers.js" */
/** @import { ReadAnswer } from "./api_client.js" */

// Largest allowed difference of a probability, as in web/export/check.py.
const TOLERANCE = 1e-4;

/**
 * Return whether two answers to a drawing are equal: number, verdict, doubt, boxes and images. Probabilities may differ
 * by the tolerance.
 * @type {(one: ReadAnswer, other: ReadAnswer) => boolean}
 */
export const isSameAnswer = (one, other) =>
  one.number === other.number && one.verdict === other.verdict && one.doubt === other.doubt
  && one.current === other.current && one.readings.length === other.readings.length
  && one.readings.every((reading, i) => isSameReading(reading, other.readings[i]));

/** @type {(one: Reading, other: Reading) => boolean} */
const isSameReading = (one, other) =>
  one.digit === other.digit && one.verdict === other.verdict
  && isSameList(one.box ?? [], other.box ?? []) && isSameList(one.strokes, other.strokes)
  && isSameList(one.image, other.image)
  && isSameList(shares(one), shares(other), TOLERANCE);

/** @param {Reading} reading */
const shares = ({ probabilities, no_digit: notDigit, several }) => [...probabilities, notDigit, several];

/** @type {(one: ArrayLike<number>, other: ArrayLike<number>, tolerance?: number) => boolean} */
const isSameList = (one, other, tolerance = 0) =>
  one.length === other.length && Array.from(one).every((value, i) => Math.abs(value - other[i]) <= tolerance);

/** Counts equal answers. The engine is trusted after `needed` of them, once it has its files (`isReady`). */
export class Trial {
  isReady = false;
  #equal = 0;
  #needed;

  /** @param {number} needed */
  constructor(needed) {
    this.#needed = needed;
  }

  get isPassed() {
    return this.isReady && this.#equal >= this.#needed;
  }

  /**
   * Count an answer. Throw an error if the answers differ.
   * @type {(own: ReadAnswer, server: ReadAnswer) => void}
   */
  compare(own, server) {
    if (!isSameAnswer(own, server)) throw new Error("the engine has given another answer");
    this.#equal++;
  }
}
