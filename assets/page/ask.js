// window.ask(drawing): strokes to /predict, and its answer; undefined for a drawing that a later one has overtaken.
// One request is under way at a time, and the last drawing is always answered.
//
// Not left to a Gradio event, for three reasons. Its “always_last” lets two requests out when two changes come within a
// few milliseconds, and forgets the last change when a request fails. And when the server is gone, Gradio reloads the page.
window.ask = (() => {
  const GIVE_UP_AFTER = 10_000;
  let newest = null;
  let underWay = null;

  async function read(drawing) {
    if (drawing.strokes.length === 0) return { verdict: "blank" };
    const start = performance.now();
    try {
      const response = await fetch("gradio_api/run/predict", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ data: [drawing] }),
        signal: AbortSignal.timeout(GIVE_UP_AFTER),
      });
      const { data, error } = await response.json();
      if (!response.ok) return { verdict: "error", reason: error, at: start };
      const [answer] = data;
      answer.milliseconds.roundTrip = performance.now() - start;
      return answer;
    } catch {
      return { verdict: "offline", at: start };
    }
  }

  return async (drawing) => {
    newest = drawing || { strokes: [] };
    const mine = newest;
    while (underWay) await underWay;
    if (mine !== newest) return undefined; // A later change asks in this one's place.
    underWay = read(mine);
    try {
      return await underWay;
    } finally {
      underWay = null;
    }
  };
})();
