"""Measurements of the running page for `benchmark`: latency in Chromium, many visitors, start-up."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.helpers.browser import launch, ready
from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN
from tests.helpers.paths import ROOT
from tests.helpers.server import Server, call, serving
from tests.tools.latency import WARM_UP, WATCH, one_round
from tests.tools.measurement import Measurement

# The counterpart of `latency.WATCH` for the page of stock components. The script records the time of each change in the
# component gr.Label. A change is a new text or a new width of a bar.
WATCH_STOCK = """
window.shown = [];
addEventListener("pointerup", (event) => { window.lifted = event.timeStamp; }, true);
new MutationObserver(() => requestAnimationFrame(() => shown.push(performance.now())))
  .observe(document.querySelector("#label"), { subtree: true, childList: true, characterData: true, attributes: true });
"""
QUIET = 700  # Milliseconds. If the label has not changed for this time, its last change was the end of the answer.
STOCK_SIDE = 200  # Side of the square in which a digit is drawn on the stock page, in CSS pixels.


def bars(rounds: int = 40, stock_rounds: int = 20) -> Iterator[Measurement]:
    """Measure the time from pen-up to the bars in Chromium, on this page and on a page of stock components."""
    with sync_playwright() as playwright:
        with serving() as server:
            page = launch(playwright).new_page()
            ready(page, server.address).evaluate(WATCH)
            own = [one_round(page, DIGIT_DRAWINGS[i % 10])[0] for i in range(WARM_UP + rounds)][WARM_UP:]
            page.context.browser.close()
        with serving("tests.tools.stock") as server:
            page = launch(playwright).new_page()
            open_stock(page, server.address)
            stock = [one_stock_round(page, DIGIT_DRAWINGS[i % 10]) for i in range(1 + stock_rounds)][1:]
    (median, high), (stock_median, stock_high) = (np.percentile(waits, (50, 95)) for waits in (own, stock))
    ratio = stock_median / median
    yield Measurement(
        "pen-up to bars in Chromium: median (95th percentile)",
        f"{median:.0f} ms ({high:.0f})",
        f"`gr.Sketchpad`: {stock_median:,.0f} ms ({stock_high:,.0f})",
        ratio,
        "≥ 40",
        ratio >= 40,
    )


def open_stock(page: Page, address: str) -> None:
    """Open the page of stock components, and wait until the canvas accepts strokes."""
    page.goto(address)
    page.get_by_label("Brush").wait_for()
    page.evaluate(WATCH_STOCK)


def one_stock_round(page: Page, strokes: list) -> float:
    """Draw a digit, then clear the canvas. Return the milliseconds from pen-up to the label's last change."""
    page.get_by_label("Brush").click()
    page.wait_for_timeout(1000)  # The canvas needs this time to get its final size.
    box = page.locator("#pad canvas").first.bounding_box()
    left, top = box["x"] + (box["width"] - STOCK_SIDE) / 2, box["y"] + (box["height"] - STOCK_SIDE) / 2
    for stroke in strokes:
        (x, y), *rest = [(left + x * STOCK_SIDE, top + y * STOCK_SIDE) for x, y in stroke]
        page.mouse.move(x, y)
        page.mouse.down()
        for point in rest:
            page.mouse.move(*point)
        page.mouse.up()
    waited = until_quiet(page)
    page.get_by_label("Clear canvas").click()
    until_quiet(page)
    return waited


def until_quiet(page: Page) -> float:
    """Wait until the label has not changed for QUIET ms. Return the milliseconds from pen-up to the last change."""
    page.wait_for_function(f"shown.at(-1) > lifted && performance.now() - shown.at(-1) > {QUIET}")
    return page.evaluate("shown.at(-1) - lifted")


def visitors(seconds: float = 30) -> Iterator[Measurement]:
    """Measure answers per second and response times with 1, 10 and 50 visitors.

    Then measure them with 50 visitors who also call /explain, and with 50 who also call /activations.
    """
    with serving() as server:
        for count in (1, 10, 50):
            yield _visitors(server, count, seconds)
        yield _visitors(server, 50, seconds, "--explain")
        yield _visitors(server, 50, seconds, "--inside")


TARGETS = {(50,): (400, 60), (50, "--inside"): (350, 80)}
"""The least number of answers per second, and the longest 95th percentile in ms, for visitors and their options."""


def _visitors(server: Server, count: int, seconds: float, *options: str) -> Measurement:
    command = [
        sys.executable,
        "-m",
        "tests.tools.visitors",
        server.address,
        "--visitors",
        str(count),
        "--seconds",
        str(seconds),
    ]
    tally = json.loads(subprocess.run([*command, *options], cwd=ROOT, check=True, capture_output=True).stdout)
    waits, errors = np.array(tally["seconds"]) * 1000, sum(tally["errors"].values())
    median, high, highest = np.percentile(waits, (50, 95, 99))
    who = "1 visitor" if count == 1 else f"{count} visitors"
    added = {(): "", ("--explain",): ", with attribution", ("--inside",): ", with maps"}[options]
    rate, longest = TARGETS.get((count, *options), (None, None))
    shed = f"; {tally['shown']} maps shown, {tally['shed']} refused" if "--inside" in options else ""
    return Measurement(
        f"{who}{added}: answers per second; median, 95th, 99th percentile",
        f"{len(waits) / seconds:.0f}/s; {median:.0f}, {high:.0f}, {highest:.0f} ms; {errors} errors{shed}",
        target=f"≥ {rate}/s, 95th ≤ {longest} ms, no error" if rate else "",
        met=(len(waits) / seconds >= rate and high <= longest and not errors) if rate else None,
    )


IMPORTS = """
import gradio, tensorflow
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""


def start_up(rounds: int = 3) -> Iterator[Measurement]:
    """Measure the time from the start of the server to the first answer, and the server's memory after this answer.

    The baseline is a process that only imports Gradio and TensorFlow.
    """
    own, imports = zip(*((first_answer(), import_alone()) for _ in range(rounds)), strict=True)
    (seconds, megabytes), (import_seconds, import_megabytes) = (np.median(part, axis=0) for part in (own, imports))
    for what, here, baseline, unit in (
        ("start to first answer over HTTP", seconds, import_seconds, "s"),
        ("memory after the first answer", megabytes, import_megabytes, "MB"),
    ):
        target = {"target": "≤ 1.1", "met": here <= 1.1 * baseline} if unit == "s" else {}
        yield Measurement(
            what,
            f"{here:,.1f} {unit}",
            f"`import gradio, tensorflow`: {baseline:,.1f} {unit}",
            here / baseline,
            **target,
        )


def first_answer() -> tuple[float, float]:
    """Start a server. Return the seconds until the first answer, and the server's memory after the answer, in MB."""
    start = time.monotonic()
    with serving() as server:
        call(server.address, "predict", **SEVEN).raise_for_status()
        return time.monotonic() - start, server.megabytes


def import_alone() -> tuple[float, float]:
    """Import Gradio and TensorFlow in a new process. Return the duration in seconds, and the memory in MB."""
    start = time.monotonic()
    command = [sys.executable, "-c", IMPORTS]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.monotonic() - start, int(done.stdout) / 1024
