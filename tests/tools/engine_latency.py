"""Measure the engine in the browser for `latency`: the static site, and the served page with a slow network."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.helpers.browser import ready
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.paths import ROOT
from tests.tools.latency import VIEWPORT, WAIT, WARM_UP, WATCH, fold, one_round, report
from web.export.check import script_of, serving
from web.export.sizes import needed_at_first, size_of
from web.joined_scripts import name_of

IMAGES = 200
DRAWINGS_UNTIL_LOCAL = 40
"""Number of drawings after which the browser must answer on the served page."""
# The milliseconds from the start of the navigation to the frame that shows the first answer.
WATCH_FIRST = """
window.firstAnswer = new Promise((answered) => {
  const look = () => {
    if (!document.querySelector("#answer .number")?.textContent) return requestAnimationFrame(look);
    requestAnimationFrame(() => answered(performance.now()));
  };
  requestAnimationFrame(look);
});
"""
# A message arrives after the tasks of the frame that painted the ink. An answer before it is in the same frame. When
# the pen is lifted, the pad paints again what it has painted before, so this does not count.
WATCH_FRAMES = """
window.frames = { painted: 0, answered: 0 };
{
  const { port1, port2 } = new MessageChannel();
  let [isPainted, isAnswered] = [false, false];
  new MutationObserver(() => { isAnswered = true; })
    .observe(document.querySelector("#answer .timing"), { childList: true });
  port1.onmessage = () => {
    frames.painted++;
    if (isAnswered) frames.answered++;
    isPainted = false;
  };
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (...given) {
    if (this.canvas.matches("#sketchpad .paper") && !isPainted && window.event?.type !== "pointerup") {
      [isPainted, isAnswered] = [true, false];
      port2.postMessage(null);
    }
    return stroke.apply(this, given);
  };
}
true;
"""
ENCODE = """async ([script, link, strokes]) => {
  const { [link]: { encodeStrokes } } = await import(new URL(script, document.baseURI));
  return encodeStrokes(strokes);
}"""
# Return the milliseconds of reading each image, with the site's own modules. Ten images are read for one measurement,
# because the clock of the page is not exact enough for one.
READ_IMAGES = """async ([script, model, candidates, name, drawings, count]) => {
  const address = new URL(script, document.baseURI);
  const { [model]: { loadModel }, [candidates]: { imageOf } } = await import(address);
  const read = async (path) =>
    (await fetch(new URL(`../${path.endsWith(".wasm") ? "engine/" : ""}${path}`, address))).arrayBuffer();
  const { classifier } = await loadModel(name, read);
  const images = drawings.map(imageOf);
  const milliseconds = [];
  for (let i = 0; i < count / images.length; i++) {
    const start = performance.now();
    for (const image of images) classifier.readImage(image);
    milliseconds.push((performance.now() - start) / images.length);
  }
  return milliseconds;
}"""


def static_site(browser: Browser, rounds: int, visits: int) -> None:
    """Export the site, and print its size and its latency."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        subprocess.run([sys.executable, "demo.py", "--export", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        measure_site(browser, folder, rounds, visits)


def measure_site(browser: Browser, folder: Path, rounds: int, visits: int) -> None:
    """Serve an exported site on this machine, and print its size and its latency."""
    needed = needed_at_first(folder)
    print(f"for drawing: {size_of(folder, needed):,} bytes compressed (gzip), {len(needed)} files (≤ 1,200,000)")
    script = script_of(folder)
    with serving(folder) as address:
        page = ready(browser.new_page(viewport=VIEWPORT), address)
        drawing = page.evaluate(ENCODE, [script, name_of("shared/link.js"), DIGIT_DRAWINGS[7]])
        first = [cold_load(browser, f"{address}#drawing={drawing}") for _ in range(visits)]
        report("first answer after a cold load (≤ 300 ms)", first, "visitors")
        page.evaluate(WATCH)
        page.evaluate(WATCH_FRAMES)
        measure(page, "pen-up to bars (≤ 10 ms)", rounds)
        frames = page.evaluate("frames")
        share = frames["answered"] / frames["painted"]
        print(f"answers in the frame of the stroke: {share:.1%} of {frames['painted']} frames (≥ 95 %)")
        names = [name_of(f"engine/{name}.js") for name in ("model", "candidates")]
        times = page.evaluate(READ_IMAGES, [script, *names, "digits", DIGIT_DRAWINGS, WARM_UP * 10 + IMAGES])
        report("one image (≤ 2 ms)", times[WARM_UP:], "times ten images", digits=2)


def cold_load(browser: Browser, link: str) -> float:
    """Return the milliseconds from a new visitor's navigation to the first answer. link: an address with a drawing."""
    context = browser.new_context(viewport=VIEWPORT)
    context.add_init_script(WATCH_FIRST)
    page = context.new_page()
    page.goto(link)
    waited = page.evaluate("firstAnswer")
    context.close()
    return waited


def slow_network(browser: Browser, address: str, delay: int, rounds: int) -> None:
    """Print the latency of the served page with and without the engine.

    delay: what the simulated network adds to each request, in milliseconds. Chromium simulates it.
    """
    for mode, name in (("server", "without the engine"), ("auto", "with the engine (≤ 30 ms)")):
        page = ready(browser.new_page(viewport=VIEWPORT), f"{address}/?engine={mode}")
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        conditions = {"offline": False, "latency": delay, "downloadThroughput": -1, "uploadThroughput": -1}
        session.send("Network.emulateNetworkConditions", conditions)
        page.evaluate(WATCH)
        if mode == "auto":
            print(f"the engine answers from drawing {wait_until_local(page)} on")
        measure(page, f"pen-up to bars with a delay of {delay} ms, {name}", rounds, WAIT + 4 * delay)
        page.close()


def wait_until_local(page: Page) -> int:
    """Draw until the browser answers. Return the number of the first drawing that it has answered."""
    for number in range(1, DRAWINGS_UNTIL_LOCAL + 1):
        one_round(page, DIGIT_DRAWINGS[number % 10], clear=False)
        if "round trip" not in page.locator("#answer .timing").inner_text():
            return number
        page.keyboard.press("Delete")
        page.wait_for_timeout(1000)
    raise RuntimeError(f"The engine has not answered within {DRAWINGS_UNTIL_LOCAL} drawings.")


def measure(page: Page, what: str, rounds: int, wait: int = WAIT) -> None:
    """Draw digits, and print the time from pen-up to bars. The section “Inside the network” is folded.

    wait: milliseconds in which an answer must arrive.
    """
    fold(page, False)
    bars = [one_round(page, DIGIT_DRAWINGS[i % 10], wait=wait)[0] for i in range(WARM_UP + rounds)]
    report(what, bars[WARM_UP:], "drawings", digits=1)
