// What the page asks the server. Each function takes the values of components and gives those of others; undefined leaves
// a component as it is, and comes when a later drawing has overtaken this one.
//
// Not left to Gradio events, for three reasons. Their “always_last” lets two requests out when two changes come within a
// few milliseconds, and forgets the last change when a request fails. And when the server is gone, Gradio reloads the page.
//
// window.ask(drawing): [answer, frames]: the answer of /predict or /predict_image, its images as bytes; of a picture, also
// what to frame in it.
// One request is under way at a time, and the last drawing is always answered.
// window.wonder(drawing, answer): the same answer with `why`, the evidence of /explain as bytes.
// window.compare(drawing, answer), window.steps(drawing, answer), window.about(): what a folded section shows.
// window.correctable(drawing, answer): whether that answer may be corrected; window.teach(taught, drawing, answer): the
// correction, kept or not.
(() => {
  const GIVE_UP_AFTER = 10_000;
  const GIVE_UP_UPLOAD_AFTER = 60_000;
  const WARMING_AFTER = 1_000;
  let newest = null;
  let underWay = null;
  let answers = 0;

  async function post(path, body, patience = GIVE_UP_AFTER) {
    const headers = body instanceof FormData ? {} : { "Content-Type": "application/json" };
    const signal = AbortSignal.timeout(patience);
    const response = await fetch(`gradio_api/${path}`, { method: "POST", headers, body, signal });
    const busy = response.status === 503;
    try {
      return { ok: response.ok, busy, told: await response.json() };
    } catch (error) {
      // What stands before the server speaks HTML: either the server is gone, or this was refused on its way.
      if (response.status >= 500 || response.ok) throw error;
      return { ok: false, busy, told: {} };
    }
  }

  async function call(endpoint, ...data) {
    const { told, ...rest } = await post(`run/${endpoint}`, JSON.stringify({ data }));
    return { ...rest, answer: told.data?.[0], error: told.error };
  }

  async function callWithPicture(address) {
    const form = new FormData();
    form.append("files", await (await fetch(address)).blob(), "picture");
    const { ok, busy, told } = await post("upload", form, GIVE_UP_UPLOAD_AFTER);
    if (!ok) return { ok, busy, error: told.error };
    return call("predict_image", { path: told[0], meta: { _type: "gradio.FileData" } });
  }

  async function read({ strokes, picture }) {
    if (!picture && strokes.length === 0) return { verdict: "blank" };
    const start = performance.now();
    try {
      const { ok, busy, answer, error } = await (picture ? callWithPicture(picture) : call("predict", { strokes }));
      if (!ok) return { verdict: busy ? "busy" : "error", reason: error, at: start };
      return packed(answer, performance.now() - start);
    } catch {
      return { verdict: "offline", at: start };
    }
  }

  // What the page needs of an answer. An image becomes bytes: an array's numbers Gradio copies one by one, several times for
  // every answer, which took longer than the answer itself.
  function packed({ number, verdict, reason, readings, current, milliseconds }, roundTrip) {
    return {
      number, verdict, reason, current,
      readings: readings.map((reading) => ({ ...reading, image: Uint8Array.from(reading.image.flat()) })),
      milliseconds: { ...milliseconds, roundTrip },
      id: ++answers, // So that one is never shown again in place of a later one.
    };
  }

  const unpacked = (image) => Array.from({ length: 28 }, (_, row) => Array.from(image.subarray(28 * row, 28 * row + 28)));

  const frames = ({ picture }, { readings = [] }) =>
    picture && { picture, frames: readings.filter(({ box }) => box).map(({ box, digit }) => ({ box, name: digit ?? "?" })) };

  // The first answer may have to wait for the network, which is being loaded: then that is said, and asked for again.
  window.ask = (drawing) => (answers > 0 ? ask(drawing) : Promise.race([ask(drawing), warming()]));

  const warming = async () => {
    await new Promise((done) => setTimeout(done, WARMING_AFTER));
    return [{ verdict: "warming", at: performance.now() }, undefined];
  };

  async function ask(drawing) {
    newest = drawing || { strokes: [] };
    const mine = newest;
    while (underWay) await underWay;
    if (mine !== newest) return [undefined, undefined]; // A later change asks in this one's place.
    underWay = read(mine);
    try {
      const answer = await underWay;
      return [answer, frames(mine, answer)];
    } finally {
      underWay = null;
    }
  }

  // The answer to a question beside the drawing's; undefined where it fails…
  async function beside(endpoint, ...data) {
    try {
      const { ok, answer } = await call(endpoint, ...data);
      return ok ? answer : undefined;
    } catch {
      return undefined;
    }
  }

  // …and, where it is about the drawing, when it comes too late.
  async function besideIt(endpoint, ...data) {
    const mine = newest;
    const answer = await beside(endpoint, ...data);
    return mine === newest ? answer : undefined;
  }

  const place = ({ chosen, current }) => chosen ?? current;
  const reading = (answer) => answer.readings[place(answer)];
  const looked = ({ strokes }, answer) => ({ strokes: reading(answer).strokes.map((number) => strokes[number]) });
  const folded = (section) => !document.querySelector(`#${section} details`)?.open;

  window.wonder = async (drawing, answer) => {
    const { rather, id, verdict } = answer;
    if (underWay || id !== answers || verdict === "blank") return undefined;
    const { image, digit } = reading(answer);
    const why = await besideIt("explain", { image: unpacked(image) }, digit, rather ?? null);
    return why && { ...answer, why: Int8Array.from(why.evidence.flat()) };
  };

  window.compare = async (drawing, answer) => {
    if (folded("compare")) return undefined;
    return answer?.readings ? besideIt("compare", { image: unpacked(reading(answer).image) }) : { models: [] };
  };

  window.steps = async (drawing, answer) => {
    if (folded("steps")) return undefined;
    if (drawing?.picture) return { picture: true };
    if (!answer?.readings) return { steps: [] };
    return besideIt("steps", looked(drawing, answer));
  };

  window.about = () => beside("about");

  // What was kept of the newest answer's readings: none is kept twice.
  let kept = { id: null };

  // Of a picture there are no strokes to keep.
  window.correctable = (drawing, answer) => {
    if (drawing?.picture || !answer?.readings || answer.verdict === "blank") return {};
    return (kept.id === answer.id && kept[place(answer)]) || { digit: reading(answer).digit };
  };

  window.teach = async ({ label }, drawing, answer) => {
    try {
      const { ok, error } = await call("correct", looked(drawing, answer), label);
      if (!ok) return { label, error };
      kept = { ...(kept.id === answer.id ? kept : { id: answer.id }), [place(answer)]: { label, kept: true } };
      return { label, kept: true };
    } catch {
      return { label, error: null };
    }
  };
})();
