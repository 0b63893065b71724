// The state of the sketchpad.

/** @import { Stroke } from "../../shared/strokes.js" */
/** @import { Replay } from "./replay.js" */

/**
 * What the pad is doing.
 * @typedef {object} PadState
 * @property {"idle" | "drawing" | "erasing" | "replaying" | "picture"} mode
 * @property {boolean} eraser whether the button “Erase” is pressed
 * @property {number | null} pointer drawing, erasing: the id of the pointer; null for the keyboard
 * @property {Stroke} stroke drawing: the stroke that is being drawn
 * @property {Replay | null} replay replaying: the animation
 * @property {string | null} picture picture: its URL
 */

/** @type {PadState} */
export const IDLE = { mode: "idle", eraser: false, pointer: null, stroke: [], replay: null, picture: null };
