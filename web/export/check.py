"""Compare the answers of an exported site, in Chromium, with those of Python."""

import contextlib
import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import UserError
from model.inference.classifier import Classifier
from web.export.parity_drawings import parity_drawings
from web.export.scripts import FIRST
from web.joined_scripts import name_of
from web.schemas.responses import AnswerResponse

COUNT = 2_000
TOLERANCE = 1e-4
"""Largest allowed difference of a probability."""
EQUAL = ("number", "verdict", "doubt", "current", "marks")
EQUAL_IN_READINGS = ("digit", "verdict", "box", "strokes", "image")
BATCH = 100
# The page's own module of the engine answers, with the files of the site.
ANSWER = """async ([script, api, drawings]) => {
  const { [api]: { local } } = await import(new URL(script, document.baseURI));
  const answers = [];
  for (const strokes of drawings) {
    const answer = await local.predict(strokes, []);
    const readings = answer.readings.map((each) => ({ ...each, image: btoa(String.fromCharCode(...each.image)) }));
    answers.push({ ...answer, readings });
  }
  return answers;
}"""


@dataclass(frozen=True)
class Parity:
    """The result of a comparison. largest: the largest difference of a probability. different: drawings that differ."""

    count: int
    largest: float
    different: list[str]

    def __str__(self) -> str:
        return (
            f"{self.count:,} drawings: {len(self.different)} with another number, verdict, box or image; largest "
            f"difference of a probability {self.largest:.1e}"
        )


def check_site(folder: Path, checkpoint: Path, count: int = COUNT) -> None:
    """Compare the answers to generated drawings, and print the result. Raises UserError if the answers differ."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise UserError("--check needs Playwright; install it with: pip install -r requirements-dev.txt") from None
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise UserError("--check needs Chromium, which is not installed.")
    with sync_playwright() as playwright, serving(folder) as address:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(address)
        result = compare(page, folder, Classifier.load(checkpoint), count)
        browser.close()
    print(result, flush=True)
    if result.different or result.largest > TOLERANCE:
        raise UserError(f"The site does not answer like Python: {'; '.join(result.different[:3]) or result}.")


@contextlib.contextmanager
def serving(folder: Path, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve a folder on this machine, and yield its address. host: the address to listen on."""
    handler = functools.partial(_QuietHandler, directory=folder)
    with http.server.ThreadingHTTPServer((host, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{host}:{server.server_port}/"
        server.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments) -> None:
        pass


def script_of(folder: Path) -> str:
    """Return the path of the first script of a site below its folder. `name_of` returns the names of its modules."""
    [script] = folder.glob(f"static/*/{FIRST}")
    return script.relative_to(folder).as_posix()


def compare(page, folder: Path, classifier: Classifier, count: int) -> Parity:
    """Return how the answers of a site differ from those of Python.

    page: a tab of Playwright that shows the site. folder: the folder of the site.
    """
    script, api = script_of(folder), name_of("site/local_api.js")
    drawings, largest, different = parity_drawings(count), 0.0, []
    for start in range(0, count, BATCH):
        batch = drawings[start : start + BATCH]
        strokes = [[stroke.tolist() for stroke in drawing] for drawing in batch]
        found = page.evaluate(ANSWER, [script, api, strokes])
        for index, (drawing, answer) in enumerate(zip(batch, found, strict=True), start):
            expected = AnswerResponse.of(classifier.read_strokes(drawing)).model_dump(mode="json")
            names, difference = differences(expected, answer)
            largest = max(largest, difference)
            if names:
                different.append(f"drawing {index} in {', '.join(names)}")
    return Parity(count, largest, different)


def differences(expected: dict, found: dict) -> tuple[list[str], float]:
    """Return the names of the fields that differ, and the largest difference of a probability.

    expected: an AnswerResponse as JSON. found: the engine's answer, with the image of each reading as base64 text.
    """
    names = [name for name in EQUAL if expected[name] != found[name]]
    if len(expected["readings"]) != len(found["readings"]):
        return [*names, "readings"], 1.0
    largest = 0.0
    for one, other in zip(expected["readings"], found["readings"], strict=True):
        names += [name for name in EQUAL_IN_READINGS if one[name] != other[name]]
        pair = [[*each["probabilities"], each["no_digit"], each["several"]] for each in (one, other)]
        largest = max(largest, float(np.abs(np.subtract(*pair)).max()))
    return names, largest
