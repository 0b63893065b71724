"""How long one prediction takes, and how long a visitor waits: for the first bars, for the last, for the reasons.

    python tests/latency.py
    python tests/latency.py --address http://127.0.0.1:7860

First in this process, from strokes to answer, without a page. Then in Chromium on this machine, by the page's clock:
- first bars: of a visitor who has just come, from the pen's first touch to the frame that shows the first answer;
- pen-up to bars: from the pen-up event, which comes at once after the pen's last movement, to the frame that shows the
  last answer to this drawing;
- reasons: from that frame until the picture of them is drawn.
Prints median and 95th percentile, and how much the layout shifted meanwhile (Chromium's layout shift score).
"""

import argparse
import contextlib
import sys
import time

import numpy as np
from browser import ROOT, draw, launch, ready, serving
from hand import DIGITS
from playwright.sync_api import Browser, Page, sync_playwright

WARM_UP = 5

# Every answer writes its round trip below the bars, so that line changes with each, even where the bars stay the same.
WATCH = """
window.shown = [];
window.explained = 0;
window.shifted = 0;
addEventListener("pointerdown", (event) => { window.touched = event.timeStamp; }, true);
addEventListener("pointerup", (event) => { window.lifted = event.timeStamp; }, true);
new MutationObserver(() => requestAnimationFrame(() => shown.push(performance.now())))
  .observe(document.querySelector("#answer .timing"), { childList: true });
new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shifted += value; })
  .observe({ type: "layout-shift" });
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  if (this.canvas.closest(".why")) explained = performance.now();
  return put.apply(this, given);
};
true;
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how long a visitor waits.")
    parser.add_argument("--address", help="of a running page (default: start one)")
    parser.add_argument("--rounds", type=int, default=50, help="default: 50")
    parser.add_argument("--visits", type=int, default=10, help="default: 10")
    options = parser.parse_args()
    say("one prediction in process", in_process(500), "drawings", digits=1)
    with contextlib.ExitStack() as stack:
        address = options.address or stack.enter_context(serving()).address
        browser = launch(stack.enter_context(sync_playwright()))
        say(
            "first bars after the first touch",
            [first_visit(browser, address) for _ in range(options.visits)],
            "visitors",
        )
        page = browser.new_page()
        ready(page, address).evaluate(WATCH)
        measured = [one_round(page, DIGITS[i % 10]) for i in range(WARM_UP + options.rounds)][WARM_UP:]
        say("pen-up to bars", [bars for bars, _ in measured], "drawings")
        say("bars to reasons", [reasons for _, reasons in measured], "drawings")
        print(f"layout shift while drawing: {page.evaluate('shifted'):.4f}")


def say(what: str, milliseconds: list[float], of: str, digits: int = 0) -> None:
    median, high = np.percentile(milliseconds, (50, 95))
    print(f"{what}: median {median:.{digits}f} ms, 95th percentile {high:.{digits}f} ms ({len(milliseconds)} {of})")


def first_visit(browser: Browser, address: str) -> float:
    """Milliseconds from the first touch of somebody who has just come to the first bars, by a stroke of 20 points."""
    context = browser.new_context()
    page = context.new_page()
    ready(page, address).evaluate(WATCH)
    draw(page, [[(0.5, 0.2 + 0.6 * step / 19) for step in range(20)]])
    page.wait_for_function("shown.length > 0")
    waited = page.evaluate("shown[0] - touched")
    context.close()
    return waited


def in_process(rounds: int) -> list[float]:
    """Milliseconds that each of so many drawings takes from strokes to answer."""
    sys.path.insert(0, str(ROOT))
    from model.inference.classifier import Classifier

    classifier = Classifier.load()
    drawings = [{"strokes": [[list(point) for point in stroke] for stroke in strokes]} for strokes in DIGITS]
    measured = []
    for i in range(WARM_UP + rounds):
        start = time.perf_counter()
        classifier.read_strokes(drawings[i % 10])
        measured.append((time.perf_counter() - start) * 1000)
    return measured[WARM_UP:]


def one_round(page: Page, strokes: list) -> tuple[float, float]:
    """Milliseconds from pen-up to the last answer, 0 if all was answered by then; and from there to the reasons."""
    draw(page, strokes)
    page.wait_for_timeout(400)
    waited = page.evaluate("[Math.max(0, shown.at(-1) - lifted), explained - shown.at(-1)]")
    page.keyboard.press("Delete")
    page.wait_for_timeout(150)
    return tuple(waited)


if __name__ == "__main__":
    main()
