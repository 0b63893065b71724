"""How long one prediction takes, and how long from the pen's lifting until the bars answer the whole drawing.

    python tests/latency.py
    python tests/latency.py --address http://127.0.0.1:7860

First in this process, from strokes to answer, without a page. Then in Chromium on this machine: each round draws a
digit with the mouse and lifts the pen at once after its last movement; the page's own clock runs from the time stamp of
the pen-up event to the frame that shows the last answer to this drawing. Prints median and 95th percentile.
"""

import argparse
import contextlib
import sys
import time

import numpy as np
from browser import ROOT, draw, launch, ready, serving
from hand import DIGITS
from playwright.sync_api import Page, sync_playwright

WARM_UP = 5

# Every answer writes its round trip below the bars, so that line changes with each, even where the bars stay the same.
WATCH = """
window.shown = [];
addEventListener("pointerup", (event) => { window.lifted = event.timeStamp; }, true);
new MutationObserver(() => requestAnimationFrame(() => shown.push(performance.now())))
  .observe(document.querySelector("#answer .timing"), { childList: true });
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the time from pen-up to the changed bars.")
    parser.add_argument("--address", help="of a running page (default: start one)")
    parser.add_argument("--rounds", type=int, default=50, help="default: 50")
    options = parser.parse_args()
    median, high = np.percentile(in_process(500), (50, 95))
    print(f"one prediction in process: median {median:.1f} ms, 95th percentile {high:.1f} ms (500 drawings)")
    with contextlib.ExitStack() as stack:
        address = options.address or stack.enter_context(serving()).address
        page = launch(stack.enter_context(sync_playwright())).new_page()
        ready(page, address).evaluate(WATCH)
        measured = [one_round(page, DIGITS[i % 10]) for i in range(WARM_UP + options.rounds)][WARM_UP:]
    median, high = np.percentile(measured, (50, 95))
    print(f"pen-up to bars: median {median:.0f} ms, 95th percentile {high:.0f} ms ({options.rounds} drawings)")


def in_process(rounds: int) -> list[float]:
    """Milliseconds that each of so many drawings takes from strokes to answer."""
    sys.path.insert(0, str(ROOT))
    from model.classifier import Classifier

    classifier = Classifier.load()
    drawings = [{"strokes": [[list(point) for point in stroke] for stroke in strokes]} for strokes in DIGITS]
    measured = []
    for i in range(WARM_UP + rounds):
        start = time.perf_counter()
        classifier.read_strokes(drawings[i % 10])
        measured.append((time.perf_counter() - start) * 1000)
    return measured[WARM_UP:]


def one_round(page: Page, strokes: list) -> float:
    """Milliseconds from pen-up to the last answer; 0 if the drawing was answered when the pen was lifted."""
    draw(page, strokes)
    page.wait_for_timeout(250)
    waited = page.evaluate("Math.max(0, shown.at(-1) - lifted)")
    page.keyboard.press("Delete")
    page.wait_for_timeout(100)
    return waited


if __name__ == "__main__":
    main()
