// window.ask(drawing): strokes to /predict, and its answer; undefined for a drawing that a later one has overtaken.
// One request is under way at a time, and the last drawing is always answered.
//
// Not left to a Gradio event, for three reasons. Its “always_last” lets two requests out when two changes come within a
// few milliseconds, and forgets the last change when a request fails. And when the server is gone, Gradio reloads the page.
// window.wonder(drawing, answer): the same answer with `why`, from /explain; undefined when a change has overtaken it.
// window.compare(drawing, answer): what /compare says of the strokes of the digit that is looked at.
(() => {
  const GIVE_UP_AFTER = 10_000;
  let newest = null;
  let underWay = null;
  let answers = 0; // Each answer has its number, so that one is never shown again in place of a later one.

  async function call(endpoint, ...data) {
    const response = await fetch(`gradio_api/run/${endpoint}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ data }),
      signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    return { ok: response.ok, ...(await response.json()) };
  }

  async function read(drawing) {
    if (drawing.strokes.length === 0) return { verdict: "blank" };
    const start = performance.now();
    try {
      const { ok, data, error } = await call("predict", drawing);
      if (!ok) return { verdict: "error", reason: error, at: start };
      const [answer] = data;
      answer.milliseconds.roundTrip = performance.now() - start;
      answer.id = ++answers;
      return answer;
    } catch {
      return { verdict: "offline", at: start };
    }
  }

  const looked = (drawing, { chosen, current, readings }) =>
    readings[chosen ?? current].strokes.map((place) => drawing.strokes[place]);

  window.compare = async (drawing, answer) => {
    const folded = !document.querySelector("#compare details")?.open;
    if (folded) return undefined;
    if (!answer?.readings) return { models: [] };
    const mine = newest;
    try {
      const { ok, data } = await call("compare", { strokes: looked(drawing, answer) });
      return ok && mine === newest ? data[0] : undefined;
    } catch {
      return undefined;
    }
  };

  window.wonder = async (drawing, answer) => {
    const mine = newest;
    const { chosen, current, rather, readings, id } = answer;
    if (underWay || id !== answers) return undefined;
    try {
      const { ok, data } = await call("explain", { strokes: looked(drawing, answer) }, readings[chosen ?? current].digit, rather ?? null);
      return ok && mine === newest ? { ...answer, why: data[0] } : undefined;
    } catch {
      return undefined;
    }
  };

  window.ask = async (drawing) => {
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
