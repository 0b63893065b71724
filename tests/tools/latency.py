"""Measure the latency of one prediction in this process, and the latency of the page in Chromium.

    python -m tests.tools.latency
    python -m tests.tools.latency --address http://127.0.0.1:7860
    python -m tests.tools.latency --static
    python -m tests.tools.latency --delay 150

The command measures one duration in this process: from strokes to the answer. It measures three durations in Chromium
on this machine, with the clock of the page:
- first bars: from a new visitor's first touch to the frame that shows the first answer;
- pen-up to bars: from the pen-up event to the frame that shows the last answer for this drawing;
- bars to attribution: from the frame that shows the last answer until the attribution is drawn.
The command prints the median and the 95th percentile of each duration, and Chromium's layout shift score. The score
does not count shifts within half a second after a touch or a key. Pen-up to bars is measured with the section “Inside
the network” folded and open, in turns. At last, the command prints the time that one update of this section takes on
the main thread of a processor that is four times slower. The server answers all drawings.

With `--static`, the command measures the static site, in which the engine answers in the browser. With `--delay`, it
measures the served page with a slow network, which Chromium simulates, with and without the engine.
"""

import argparse
import contextlib
import time

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.helpers.browser import draw, launch, ready
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.server import serving

WARM_UP = 5
WAIT = 400  # Milliseconds after a drawing.
VIEWPORT = {"width": 1280, "height": 1100}  # The section is on the screen, too.

# The script detects when the page shows an answer. The bars of two successive answers may be equal. Therefore the
# script watches the text of the round-trip time below the bars: the page writes this text for every answer.
WATCH = """
window.shown = [];
window.explained = 0;
window.shifted = { counted: 0, all: 0 };
addEventListener("pointerdown", (event) => { window.touched = event.timeStamp; }, true);
addEventListener("pointerup", (event) => { window.lifted = event.timeStamp; }, true);
new MutationObserver(() => requestAnimationFrame(() => shown.push(performance.now())))
  .observe(document.querySelector("#answer .timing"), { childList: true });
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) {
    shifted.all += value;
    if (!hadRecentInput) shifted.counted += value;
  }
}).observe({ type: "layout-shift" });
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  if (this.canvas.closest(".why")) explained = performance.now();
  return put.apply(this, given);
};
true;
"""


# The script folds the section and counts its updates. A worker paints the section, and each update sends it a picture.
COUNT_UPDATES = """
localStorage.inside = "closed";
window.updates = 0;
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (...given) {
  if (given[0].picture) updates++;
  return post.apply(this, given);
};
"""
SLOWER = 4
"""How many times slower the processor is for the time of an update."""
LOADING = 5000
"""Milliseconds until Gradio's loading indicator rests. Before that, its frames cost time of the main thread."""
EXAMPLE = 2000
"""Milliseconds for which updates are measured, while the example draws itself. That takes about four seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the latency of the page.")
    parser.add_argument("--address", help="address of a running page (default: start one)")
    parser.add_argument("--rounds", type=int, default=50, help="default: 50")
    parser.add_argument("--visits", type=int, default=10, help="default: 10")
    parser.add_argument("--static", action="store_true", help="measure the static site instead")
    parser.add_argument("--delay", type=int, metavar="MS", help="measure the page with this network delay instead")
    options = parser.parse_args()
    if options.static or options.delay is not None:
        return with_engine(options)
    report("one prediction in process", in_process(500), "drawings", digits=1)
    with contextlib.ExitStack() as stack:
        address = f"{options.address or stack.enter_context(serving()).address}/?engine=server"
        browser = launch(stack.enter_context(sync_playwright()))
        report(
            "first bars after the first touch",
            [first_visit(browser, address) for _ in range(options.visits)],
            "visitors",
        )
        page = browser.new_page(viewport=VIEWPORT)
        ready(page, address)
        fold(page, False)  # From now on, the section opens and folds soon after a key, so that its shifts do not count.
        page.evaluate(WATCH)
        measured = {False: [], True: []}
        for i in range(WARM_UP + options.rounds):
            for is_open in measured:
                fold(page, is_open)
                measured[is_open].append(one_round(page, DIGIT_DRAWINGS[i % 10]))
        for is_open, rounds in measured.items():
            state = f"with the section “Inside the network” {'open' if is_open else 'folded'}"
            report(f"pen-up to bars, {state}", [bars for bars, _ in rounds[WARM_UP:]], "drawings")
            report(f"bars to attribution, {state}", [time for _, time in rounds[WARM_UP:]], "drawings")
        shifted = page.evaluate("shifted")
        page.close()
        costs = [update_time(browser, address) for _ in range(options.visits)]
        what = f"one update of the section, on the main thread of a processor {SLOWER} times slower"
        report(f"{what} ({sum(count for _, count in costs)} updates)", [cost for cost, _ in costs], "visits", digits=1)
        print(f"layout shift while drawing: {shifted['counted']:.4f} ({shifted['all']:.4f} with shifts after input)")


def with_engine(options: argparse.Namespace) -> None:
    """Measure the static site, or the page with a slow network."""
    from tests.tools import engine_latency

    with contextlib.ExitStack() as stack:
        browser = launch(stack.enter_context(sync_playwright()))
        if options.static:
            engine_latency.static_site(browser, options.rounds, options.visits)
        if options.delay is not None:
            address = options.address or stack.enter_context(serving()).address
            engine_latency.slow_network(browser, address, options.delay, options.rounds)


def report(what: str, milliseconds: list[float], unit: str, digits: int = 0) -> None:
    """Print the median and the 95th percentile of durations.

    what: the name of the measured duration. unit: what was measured, as a plural noun, such as "drawings".
    digits: the number of decimal places.
    """
    median, high = np.percentile(milliseconds, (50, 95))
    print(f"{what}: median {median:.{digits}f} ms, 95th percentile {high:.{digits}f} ms ({len(milliseconds)} {unit})")


def first_visit(browser: Browser, address: str) -> float:
    """Return the milliseconds from a new visitor's first touch to the first bars, for a stroke of 20 points."""
    context = browser.new_context()
    page = context.new_page()
    ready(page, address).evaluate(WATCH)
    draw(page, [[(0.5, 0.2 + 0.6 * step / 19) for step in range(20)]], fully=True)
    page.wait_for_function("shown.length > 0")
    waited = page.evaluate("shown[0] - touched")
    context.close()
    return waited


def fold(page: Page, is_open: bool) -> None:
    """Open or fold the section “Inside the network”."""
    page.evaluate("(isOpen) => { document.querySelector('#inside details').open = isOpen; }", is_open)
    page.wait_for_timeout(150)


def update_time(browser: Browser, address: str) -> tuple[float, int]:
    """Return the milliseconds of the main thread that one update of the section takes, and the number of updates.

    A new visitor opens the section, and its example draws itself. Nothing else on the page changes meanwhile. The time
    is the CPU time of all tasks, which include style, layout, paint and commit of frames, less that of the same
    duration when the example is complete.
    """
    page = browser.new_page(viewport=VIEWPORT)
    page.add_init_script(COUNT_UPDATES)
    ready(page, address)
    page.wait_for_timeout(LOADING)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    fold(page, True)
    page.wait_for_function("updates > 2")
    page.wait_for_timeout(300)
    busy, updates = one_turn(page, session)
    page.wait_for_timeout(3000)  # The texts follow when the example is complete.
    idle, others = one_turn(page, session)
    page.close()
    return (busy - idle) / max(1, updates - others), updates - others


def one_turn(page: Page, session: CDPSession) -> tuple[float, int]:
    """Return the milliseconds of the main thread and the number of updates of the section while the page is watched."""
    updates, before = page.evaluate("updates"), task_duration(session)
    page.wait_for_timeout(EXAMPLE)
    after, later = task_duration(session), page.evaluate("updates")
    return 1000 * (after - before), later - updates


def task_duration(session: CDPSession) -> float:
    """Return the seconds that all tasks of the page have taken."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def in_process(rounds: int) -> list[float]:
    """Return the milliseconds from strokes to answer for each of `rounds` drawings."""
    from model.inference.classifier import Classifier

    classifier = Classifier.load()
    drawings = [[np.array(stroke) for stroke in strokes] for strokes in DIGIT_DRAWINGS]
    measured = []
    for i in range(WARM_UP + rounds):
        start = time.perf_counter()
        classifier.read_strokes(drawings[i % 10])
        measured.append((time.perf_counter() - start) * 1000)
    return measured[WARM_UP:]


def one_round(page: Page, strokes: list, clear: bool = True, wait: int = WAIT) -> tuple[float, float]:
    """Draw a digit, then clear the pad, unless `clear` is false. Return two durations in milliseconds.

    The first duration is from pen-up to the last answer; it is 0 if the last answer came before pen-up. The second
    duration is from the last answer to the attribution. wait: milliseconds in which the answer must arrive.
    """
    draw(page, strokes, fully=True)
    page.wait_for_timeout(wait)
    waited = page.evaluate("[Math.max(0, shown.at(-1) - lifted), explained - shown.at(-1)]")
    if clear:
        page.keyboard.press("Delete")
        page.wait_for_timeout(150)
    return tuple(waited)


if __name__ == "__main__":
    main()
