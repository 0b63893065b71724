"""How quick the demo is, beside the nearest thing that everybody knows, in the same minutes on the same machine.

    python tests/benchmark.py                          # all of it, about ten minutes
    python tests/benchmark.py --only bars visitors     # parts of it; --help names them
    python tests/benchmark.py --readme README.md       # also writes the table there

A busy machine slows both sides of a ratio; seconds and milliseconds mean something on a quiet one only.
"""

import argparse
import contextlib
import io
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from browser import ROOT, Server, launch, ready, serving
from hand import DIGITS
from latency import WARM_UP, WATCH, one_round
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(ROOT))

from model.evaluation import readme_tables
from model.inference import backend

if TYPE_CHECKING:
    from model.recipes import Recipe

TABLE = readme_tables.marks("benchmark", "python tests/benchmark.py --readme README.md")
HEAD = ["what", "here", "beside it", "times", "target"]

SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}


@dataclass(frozen=True)
class Figure:
    """One row of the table: what was measured, here and of the reference, how many times better, and what was aimed at.

    times: the ratio that the target is about; None without a reference. met: None without a target.
    """

    what: str
    here: str
    beside: str = ""
    times: float | None = None
    target: str = ""
    met: bool | None = None

    def row(self) -> list[str]:
        times = "" if self.times is None else f"{self.times:.1f}"
        missed = " **missed**" if self.met is not None and not self.met else ""
        return [self.what, self.here, self.beside, times, self.target + missed]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the demo beside what it is compared with.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--readme", type=Path, metavar="FILE", help="also write the table into this file")
    options = parser.parse_args()
    rows = [HEAD]
    for part in options.only:
        for figure in PARTS[part]():
            rows.append(figure.row())
            print("  ".join(filter(None, figure.row())), flush=True)
    print(f"\n{readme_tables.markdown(rows)}")
    if options.readme:
        readme_tables.replace(options.readme, TABLE, readme_tables.markdown(rows))


# --- from the pen's lifting to the bars


# As latency.WATCH, of the stock page: each change of the label's text or of a bar's width.
WATCH_STOCK = """
window.shown = [];
addEventListener("pointerup", (event) => { window.lifted = event.timeStamp; }, true);
new MutationObserver(() => requestAnimationFrame(() => shown.push(performance.now())))
  .observe(document.querySelector("#label"), { subtree: true, childList: true, characterData: true, attributes: true });
"""
QUIET = 700  # Milliseconds without a change, after which an answer is taken for the last one.
STOCK_SIDE = 200  # Pixels of the stock page's canvas that a digit is drawn on.


def bars(rounds: int = 40, stock_rounds: int = 20) -> Iterator[Figure]:
    """Pen-up → bars in Chromium, here and on a page of stock parts."""
    with sync_playwright() as playwright:
        with serving() as server:
            page = launch(playwright).new_page()
            ready(page, server.address).evaluate(WATCH)
            own = [one_round(page, DIGITS[i % 10])[0] for i in range(WARM_UP + rounds)][WARM_UP:]
            page.context.browser.close()
        with serving("tests/stock.py") as server:
            page = launch(playwright).new_page()
            open_stock(page, server.address)
            stock = [one_stock_round(page, DIGITS[i % 10]) for i in range(1 + stock_rounds)][1:]
    (median, high), (stock_median, stock_high) = (np.percentile(waits, (50, 95)) for waits in (own, stock))
    times = stock_median / median
    yield Figure(
        "pen-up to bars in Chromium: median (95th percentile)",
        f"{median:.0f} ms ({high:.0f})",
        f"`gr.Sketchpad`: {stock_median:,.0f} ms ({stock_high:,.0f})",
        times,
        "≥ 40",
        times >= 40,
    )


def open_stock(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Brush").wait_for()
    page.evaluate(WATCH_STOCK)


def one_stock_round(page: Page, strokes: list) -> float:
    """Milliseconds from pen-up to the label's last change; the canvas is cleared afterwards."""
    page.get_by_label("Brush").click()
    page.wait_for_timeout(1000)  # The canvas fits itself into its frame a moment later.
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
    """Milliseconds from the last pen-up to the last change, once nothing has changed for a while."""
    page.wait_for_function(f"shown.at(-1) > lifted && performance.now() - shown.at(-1) > {QUIET}")
    return page.evaluate("shown.at(-1) - lifted")


# --- visitors at once


def visitors(seconds: float = 30) -> Iterator[Figure]:
    """Answers per second and how long each takes, with so many visitors who draw at once."""
    with serving() as server:
        for count in (1, 10, 50):
            yield _visitors(server, count, seconds)
        yield _visitors(server, 50, seconds, "--wonders")


def _visitors(server: Server, count: int, seconds: float, *also: str) -> Figure:
    command = [sys.executable, "tests/visitors.py", server.address, "--visitors", str(count), "--seconds", str(seconds)]
    tally = json.loads(subprocess.run([*command, *also], cwd=ROOT, check=True, capture_output=True).stdout)
    waits, errors = np.array(tally["seconds"]) * 1000, sum(tally["errors"].values())
    median, high, highest = np.percentile(waits, (50, 95, 99))
    who = "1 visitor who draws" if count == 1 else f"{count} visitors who draw"
    aimed = count == 50 and not also
    return Figure(
        f"{who}{', and ask which ink decided' if also else ''}: answers a second; median, 95th, 99th percentile",
        f"{len(waits) / seconds:.0f}/s; {median:.0f}, {high:.0f}, {highest:.0f} ms; {errors} errors",
        target="95th ≤ 250 ms, no error" if aimed else "",
        met=(high <= 250 and not errors) if aimed else None,
    )


# --- one prediction


Runtime = Callable[[np.ndarray], np.ndarray]
"""Images (N, 28, 28) → logits."""


def runtimes(seconds: float = 2) -> Iterator[Figure]:
    """One call of the network, here and by other ways of running the same checkpoint."""
    from model.inference.classifier import Classifier

    classifier = Classifier.load()

    def one_look(images: np.ndarray) -> np.ndarray:
        return classifier.logits.first(images).numpy()

    others = {"`model.predict`": keras_predict, "TensorFlow Lite": tensorflow_lite, "ONNX Runtime": onnx_runtime}
    for (name, prepare), count in itertools.product(others.items(), (1, 8)):
        what = "the network, one image" if count == 1 else f"the network, {count} images at once"
        images = np.random.default_rng(1).random((count, 28, 28), np.float32)
        try:
            with contextlib.redirect_stdout(io.StringIO()), backend.silenced_stderr():
                run = prepare(classifier.network, images.shape)
        except ImportError as error:
            yield Figure(what, "", f"{name}: not measured ({error}; pip install tf2onnx onnxruntime)")
            continue
        np.testing.assert_allclose(run(images), one_look(images), atol=1e-3)
        mine, theirs = (median_milliseconds(it, images, seconds) for it in (one_look, run))
        yield Figure(what, f"{mine:.2f} ms", f"{name}: {theirs:.2f} ms", theirs / mine)


def median_milliseconds(run: Callable, images: np.ndarray, seconds: float) -> float:
    measured, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        run(images)
        measured.append((time.perf_counter() - start) * 1000)
    return statistics.median(measured)


def keras_predict(network, shape: tuple) -> Runtime:
    return lambda images: network.predict(images, verbose=0)


def tensorflow_lite(network, shape: tuple) -> Runtime:
    lite = backend.load_tensorflow().lite
    interpreter = lite.Interpreter(model_content=lite.TFLiteConverter.from_keras_model(network).convert())
    given, answer = (part()[0]["index"] for part in (interpreter.get_input_details, interpreter.get_output_details))
    interpreter.resize_tensor_input(given, shape)
    interpreter.allocate_tensors()

    def run(images: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(given, images)
        interpreter.invoke()
        return interpreter.get_tensor(answer)

    return run


def onnx_runtime(network, shape: tuple) -> Runtime:
    """Raises ImportError where its packages are not installed: the project itself does not need them."""
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.onnx")
        network.export(path, format="onnx", verbose=False)
        session = onnxruntime.InferenceSession(path)
    [given] = session.get_inputs()
    return lambda images: session.run(None, {given.name: images})[0]


# --- from nothing to the first answer


IMPORTS = """
import gradio, tensorflow
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""


def start_up(rounds: int = 3) -> Iterator[Figure]:
    """From the start of the process to the first answer, and memory then, beside importing both frameworks alone."""
    own, imports = zip(*((first_answer(), import_alone()) for _ in range(rounds)), strict=True)
    (seconds, megabytes), (import_seconds, import_megabytes) = (np.median(part, axis=0) for part in (own, imports))
    for what, here, beside, unit in (
        ("start to first answer over HTTP", seconds, import_seconds, "s"),
        ("memory after the first answer", megabytes, import_megabytes, "MB"),
    ):
        aimed = {"target": "≤ 1.3", "met": here <= 1.3 * beside} if unit == "s" else {}
        yield Figure(
            what, f"{here:,.1f} {unit}", f"`import gradio, tensorflow`: {beside:,.1f} {unit}", here / beside, **aimed
        )


def first_answer() -> tuple[float, float]:
    """Seconds until a server that is started now has answered a drawing, and the megabytes that it then holds."""
    start = time.monotonic()
    with serving() as server:
        request = urllib.request.Request(
            f"{server.address}/gradio_api/run/predict",
            json.dumps({"data": [SEVEN]}).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=60).close()
        return time.monotonic() - start, server.megabytes


def import_alone() -> tuple[float, float]:
    start = time.monotonic()
    command = [sys.executable, "-c", IMPORTS]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.monotonic() - start, int(done.stdout) / 1024


# --- training


GOAL = 0.99


def training(runs: int = 3) -> Iterator[Figure]:
    """Seconds of training until GOAL of MNIST's validation images are read, beside the network that everybody knows."""
    backend.load_tensorflow()
    from model.data import dataset
    from model.recipes import RECIPES

    data = dataset.load(RECIPES["quick"])
    pairs = [
        [until_goal(recipe, data, seed) for recipe in (RECIPES["quick"], example())] for seed in range(1, runs + 1)
    ]
    here, beside = np.mean(pairs, axis=0)
    times = beside[0] / here[0]
    yield Figure(
        f"training until {GOAL:.0%} of the validation images are read, mean of {runs} seeds",
        f"`quick`: {here[0]:.1f} s ({here[1]:.1f} s of the processor), then {here[2]:.2%}",
        f"the two-convolution example: {beside[0]:.1f} s ({beside[1]:.1f} s), then {beside[2]:.2%}",
        times,
        "≥ 4",
        times >= 4 and here[2] >= GOAL,
    )


def example() -> "Recipe":
    """The convolutional network of Keras's introduction, as it is taught there."""
    import keras
    from keras import layers

    from model.recipes import Recipe, adam

    def network() -> keras.Model:
        return keras.Sequential(
            [
                keras.Input((28, 28)),
                layers.Reshape((28, 28, 1)),
                layers.Conv2D(32, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(64, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.5),
                layers.Dense(10),
            ]
        )

    return Recipe("example", "", network, adam, learning_rate=1e-3, batch_size=128, epochs=15, epoch_steps=430)


def until_goal(recipe: "Recipe", data: "Dataset", seed: int) -> tuple[float, float, float]:
    """Train until an epoch ends with GOAL → seconds, seconds of the processor, accuracy on the validation images."""
    import keras

    from model.training import trainer

    keras.utils.set_random_seed(seed)
    network = recipe.network()
    network.compile(recipe.optimizer(recipe.learning_rate, recipe.epoch_steps, recipe.epochs), trainer.loss_of(recipe))
    accuracies = []

    def judge(epoch: int, logs: dict) -> None:
        outputs = trainer.logits(network, data.validation.images)
        accuracies.append(np.mean(outputs.argmax(axis=1) == data.validation.labels))
        network.stop_training = accuracies[-1] >= GOAL

    started, worked = time.monotonic(), time.process_time()
    network.fit(
        trainer.stream([data.train], recipe, seed),
        shuffle=False,
        steps_per_epoch=recipe.epoch_steps,
        epochs=recipe.epochs,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=judge)],
    )
    return time.monotonic() - started, time.process_time() - worked, accuracies[-1]


PARTS = {"bars": bars, "visitors": visitors, "runtimes": runtimes, "start-up": start_up, "training": training}


if __name__ == "__main__":
    main()
