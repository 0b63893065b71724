// Mirrors model/inference/classifier.py: all steps from strokes to an answer.

/** @import { Stroke } from "../shared/strokes.js" */
/** @import { Answer, Reading } from "./answer.js" */
/** @import { Candidates } from "./candidates.js" */
/** @import { PersonalExample } from "./examples.js" */
/** @import { FeatureSpace } from "./features.js" */
/** @import { Network } from "./network.js" */
/** @import { Probabilities } from "./segmentation.js" */

import { numberOf, verdictOf } from "./answer.js";
import { calibrated, CLASS_NOT_DIGIT, NUM_DIGITS } from "./calibration.js";
import { candidatesOf, imageOf } from "./candidates.js";
import { hasSlash, isSlash, ZERO_SLASH_SLOPE } from "./enclosures.js";
import { learn, outcomesOf, shiftsOf } from "./examples.js";
import { quantize } from "./features.js";
import { forwardPass } from "./forward_pass.js";
import { PIXELS } from "./normalization.js";
import { largest } from "./numeric.js";
import { bestGrouping } from "./segmentation.js";

/**
 * The notes of a checkpoint that the classifier needs.
 * @typedef {object} Notes
 * @property {number} temperature
 * @property {number} confidence_threshold
 * @property {number} rejection_threshold
 * @property {boolean} test_time_augmentation
 */

/**
 * What the network says about one image. `features`: null if they were not requested.
 * @typedef {Probabilities & { features: Float32Array | null }} Found
 */

/**
 * A group of strokes that was read: its image and, once known, its logits and features.
 * @typedef {{ path: Float64Array, image: Float32Array, logits?: Float32Array, features?: Float32Array }} KnownGroup
 */

/** A network with its calibration. */
export class Classifier {
  /** @type {KnownGroup[]} the groups of the drawing that was read last */
  #known = [];

  /**
   * @param {Network} network
   * @param {Notes} notes
   */
  constructor(network, notes) {
    this.network = network;
    this.notes = notes;
  }

  /**
   * Return the answer to a drawing.
   * @param {Stroke[]} drawing
   * @param {{ space: FeatureSpace, examples: PersonalExample[] } | null} [personal] the visitor's examples
   * @returns {Answer}
   */
  read(drawing, personal = null) {
    /** @type {KnownGroup[]} */
    const groups = [];
    const image = (/** @type {Stroke[]} */ strokes) => {
      const path = pathOf(strokes);
      const known = [...groups, ...this.#known].find((group) => isEqual(group.path, path));
      groups.push(known ?? { path, image: imageOf(strokes) });
      return groups[groups.length - 1].image;
    };
    const candidates = candidatesOf(drawing.filter((points) => points.length > 0), image);
    this.#known = groups;
    const known = new Map(groups.map((group) => [group.image, group]));
    const predict = (/** @type {Float32Array} */ each) => this.predict(each, personal, known.get(each));
    const inner = this.#answer(candidates, candidates.images.map(predict));
    const { whole } = candidates;
    return whole ? preferred(candidates, inner, this.#answer(whole, whole.images.map(predict))) : inner;
  }

  /**
   * Return the answer to a normalized image of one digit.
   * @type {(image: Float32Array) => Reading}
   */
  readImage(image) {
    return this.#reading(image, this.predict(image));
  }

  /**
   * Return the personal example of a normalized image with its correct class.
   * @type {(image: Float32Array, label: number, space: FeatureSpace, examples: PersonalExample[]) => PersonalExample}
   */
  learn(image, label, space, examples) {
    const found = this.predict(image, { space, examples });
    const { digit } = this.#reading(image, found);
    const features = quantize(/** @type {Float32Array} */ (found.features));
    return learn(space, features, outcomesOf(found.digits, found.notDigit), digit ?? CLASS_NOT_DIGIT, label);
  }

  /**
   * Return what the network says about a normalized image.
   * @param {Float32Array} image
   * @param {{ space: FeatureSpace, examples: PersonalExample[] } | null} [personal]
   * @param {Partial<KnownGroup>} [known] what is known about the image. New results are added.
   * @returns {Found}
   */
  predict(image, personal = null, known = {}) {
    const { temperature, test_time_augmentation: hasAugmentation } = this.notes;
    if (personal && !known.features) {
      this.network.forward(image);
      known.features = personal.space.featuresOf(this.network.lastInputs());
    }
    known.logits ??= forwardPass(this.network, image, hasAugmentation);
    if (!personal) return { ...calibrated(known.logits, temperature), features: null };
    const features = /** @type {Float32Array} */ (known.features);
    const shifts = shiftsOf(features, personal.examples, known.logits.length);
    const shifted = Float64Array.from(known.logits, (logit, i) => logit + temperature * shifts[i]);
    return { ...calibrated(shifted, temperature), features };
  }

  /** @type {(candidates: Candidates, predictions: Found[]) => Answer} */
  #answer(candidates, predictions) {
    const { groups, images, boxes, strokes, marks, signs, doubt, isDot } = candidates;
    if (groups.length === 0) return { readings: [blankReading()], current: 0, signs: [], doubt: null };
    const found = isDot ? predictions.map((each) => ({ ...each, notDigit: 1, several: null })) : predictions;
    const best = bestGrouping(groups, found);
    const readings = best.map((i) => ({ ...this.#reading(images[i], found[i]), box: boxes[i], strokes: strokes[i] }));
    const members = best.map((i) => groups[i].marks.map((mark) => marks[mark]));
    const isUnsure = isWithSlash(readings, members);
    return { readings, current: currentOf(readings), signs, doubt: doubt ?? (isUnsure ? "sign" : null) };
  }

  /** @type {(image: Float32Array, found: Found) => Reading} */
  #reading(image, { digits, notDigit, several, features }) {
    const verdict = this.#verdict(digits, notDigit);
    const digit = verdict === "not a digit" ? null : digits.lastIndexOf(largest(digits));
    const reading = { digit, verdict, probabilities: digits, notDigit, several: several ?? 0, image, features };
    return { ...reading, box: null, strokes: [] };
  }

  /** @type {(digits: number[], notDigit: number) => "digit" | "unsure" | "not a digit"} */
  #verdict(digits, notDigit) {
    if (notDigit > this.notes.rejection_threshold) return "not a digit";
    return (1 - notDigit) * largest(digits) >= this.notes.confidence_threshold ? "digit" : "unsure";
  }
}

// Return the answer to a drawing with a ring or an underline. inner: the answer without this stroke.
/** @type {(candidates: Candidates, inner: Answer, whole: Answer) => Answer} */
function preferred({ marks }, inner, whole) {
  const isNone = (/** @type {Answer} */ answer) => ["not a digit", "blank"].includes(verdictOf(answer));
  if (isNone(inner) || numberOf(inner) === numberOf(whole)) return whole;
  if (isNone(whole)) return inner;
  const isSlashedZero = numberOf(whole) === "0" && marks.length === 1 && isSlash(marks[0], ZERO_SLASH_SLOPE);
  return isSlashedZero ? whole : { ...whole, doubt: "ring" };
}

// Return whether one of the readings is a slash between digits. members: the strokes of each reading.
/** @type {(readings: Reading[], members: Stroke[][]) => boolean} */
function isWithSlash(readings, members) {
  const ones = readings.map(({ digit }, i) => (digit === 1 && members[i].length === 1 ? members[i][0] : null));
  return hasSlash(ones, readings.map(({ box }) => (box ? box[3] - box[1] : 0)));
}

// Return the index of the reading with the stroke that was drawn last.
/** @type {(readings: Reading[]) => number} */
function currentOf(readings) {
  const lasts = readings.map(({ strokes }) => largest(strokes, 0));
  return lasts.lastIndexOf(largest(lasts));
}

/** @returns {Reading} */
const blankReading = () => ({
  digit: null, verdict: "blank", probabilities: Array.from({ length: NUM_DIGITS }, () => 1 / NUM_DIGITS), notDigit: 0,
  several: 0, image: new Float32Array(PIXELS), box: null, strokes: [], features: null,
});

// Return the number of points of each stroke, and all their coordinates.
/** @param {Stroke[]} strokes */
const pathOf = (strokes) => Float64Array.from(strokes.flatMap((points) => [points.length, ...points.flat()]));

/** @type {(one: Float64Array, other: Float64Array) => boolean} */
const isEqual = (one, other) => one.length === other.length && one.every((value, i) => value === other[i]);
