// The state of the sketchpad.

/** @import { Point, Stroke } from "../../shared/strokes.js" */
/** @import { Replay } from "./replay.js" */

/**
 * What the pad is doing. The last four fields are only used in the modes that their descriptions name.
 * @typedef {object} PadState
 * @property {"idle" | "drawing" | "erasing" | "replaying"} mode
 * @property {boolean} eraser whether the button “Erase” is pressed
 * @property {number | null} pointer in the modes “drawing” and “erasing”: the pointer's id; null for the keyboard
 * @property {Stroke} stroke in the mode “drawing”: the stroke that is being drawn
 * @property {Point} position in the mode “erasing”: the last position of the pointer
 * @property {Replay | null} replay in the mode “replaying”: the animation
 */

/** @type {PadState} */
export const IDLE = { mode: "idle", eraser: false, pointer: null, stroke: [], position: [0, 0], replay: null };
