// Drag along the timeline with mouse, finger or keys.

/** @import { Timeline } from "./timeline.js" */

/** @type {Record<string, number>} the number of moments that a key moves */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };

/** @param {Timeline} timeline */
export function connectSlider(timeline) {
  const { chart } = timeline;

  /** @param {PointerEvent} event */
  function follow(event) {
    const { left, width } = chart.getBoundingClientRect();
    show(timeline.nearest((event.clientX - left) / width));
  }

  /** @param {number} index */
  function show(index) {
    timeline.select(index < timeline.last ? Math.max(0, index) : null);
  }

  const release = () => timeline.select(null);

  chart.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0 || timeline.last === 0) return;
    chart.setPointerCapture(event.pointerId);
    follow(event);
  });
  chart.addEventListener("pointermove", (event) => {
    if (chart.hasPointerCapture(event.pointerId)) follow(event);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) chart.addEventListener(end, release);

  chart.addEventListener("keydown", (event) => {
    if (timeline.last === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") release();
    else if (event.key in STEPS) show((timeline.earlier ?? timeline.last) + STEPS[event.key]);
    else return;
    event.preventDefault();
  });
}
