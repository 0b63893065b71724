// API client: the page's functions that call the server. A Gradio event calls such a function with the values of
// components and sets the returned values on components. `undefined` leaves a component unchanged, for example after
// the drawing has changed.
//
// Gradio's own requests are not used, for three reasons. With “always_last”, two changes within a few milliseconds send
// two requests. If a request fails, the last change is lost. If the server stops, Gradio reloads the page.
//
// window.ask(drawing): return [answer, frames]. `answer` is the answer of /predict or /predict_image, with images as
// bytes. `frames` holds the boxes of the digits in a picture. One request is pending at a time. The last drawing always
// gets an answer.
// window.wonder(drawing, answer): return the answer with `why`, the attribution by /explain as signed bytes.
// window.compare(drawing, answer), window.steps(drawing, answer), window.about(): return the value of a folded section.
// window.correctable(drawing, answer): return {digit} if the answer can be corrected, the stored correction if it
// already was, and {} if it cannot be.
// window.teach(taught, drawing, answer): store a correction; return {label, kept: true} or {label, error}.
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
      // The body is not JSON; it may be the HTML of a proxy. With 4xx, the request was rejected. Otherwise, the server
      // is down or its answer cannot be read.
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

  // Return the part of an answer that the page needs, with images as bytes. Gradio copies every answer several times,
  // and copying arrays of numbers takes longer than the request itself.
  function packed({ number, verdict, reason, readings, current, milliseconds }, roundTrip) {
    return {
      number, verdict, reason, current,
      readings: readings.map((reading) => ({ ...reading, image: Uint8Array.from(reading.image.flat()) })),
      milliseconds: { ...milliseconds, roundTrip },
      id: ++answers, // Distinguishes this answer from earlier ones.
    };
  }

  const unpacked = (image) => Array.from({ length: 28 }, (_, row) => Array.from(image.subarray(28 * row, 28 * row + 28)));

  const frames = ({ picture }, { readings = [] }) =>
    picture && { picture, frames: readings.filter(({ box }) => box).map(({ box, digit }) => ({ box, name: digit ?? "?" })) };

  // If the first answer takes long, the network is still loading. The page then shows “warming” and requests again.
  window.ask = (drawing) => (answers > 0 ? ask(drawing) : Promise.race([ask(drawing), warming()]));

  const warming = async () => {
    await new Promise((done) => setTimeout(done, WARMING_AFTER));
    return [{ verdict: "warming", at: performance.now() }, undefined];
  };

  async function ask(drawing) {
    newest = drawing || { strokes: [] };
    const mine = newest;
    while (underWay) await underWay;
    if (mine !== newest) return [undefined, undefined]; // A newer drawing is requested instead.
    underWay = read(mine);
    try {
      const answer = await underWay;
      return [answer, frames(mine, answer)];
    } finally {
      underWay = null;
    }
  }

  // Call an endpoint, and return the answer, or undefined if the call fails.
  async function beside(endpoint, ...data) {
    try {
      const { ok, answer } = await call(endpoint, ...data);
      return ok ? answer : undefined;
    } catch {
      return undefined;
    }
  }

  // Call an endpoint about the current drawing, and return the answer. Return undefined if the call fails or if the
  // drawing changes before the answer arrives.
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

  // The stored corrections of the newest answer, by index of the reading, and the id of that answer. Each reading is
  // stored once.
  let kept = { id: null };

  // A picture cannot be corrected, because it has no strokes.
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
