// The state of the sketchpad.

/** @import { Stroke } from "../../shared/strokes.js" */
/** @import { Replay } from "./replay.js" */

/**
 * What the pad is doing. The last four fields are only used in the modes that their descriptions name.
 * @typedef {object} PadState
 * @property {"idle" | "drawing" | "erasing" | "replaying" | "picture"} mode
 * @property {boolean} eraser whether the button “Erase” is pressed
 * @property {number | null} pointer in the modes “drawing” and “erasing”: the pointer's id; null for the keyboard
 * @property {Stroke} stroke in the mode “drawing”: the stroke that is being drawn
 * @property {Replay | null} replay in the mode “replaying”: the animation
 * @property {string | null} picture in the mode “picture”: the picture's URL
 */

/** @type {PadState} */
export const IDLE = { mode: "idle", eraser: false, pointer: null, stroke: [], replay: null, picture: null };
