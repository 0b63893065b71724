"""The page: a sketchpad in, ten probabilities out. Builds and launches, nothing else."""

import argparse
import contextlib
import json
import os
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

# Before Gradio is imported: a page that people write on by hand tells nobody about them.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from assets import components
from model import classifier
from model import portrait as portraits
from model import steps as normalization_steps
from model.checkpoint import CheckpointError
from model.classifier import Answer, Classifier
from model.comparison import Comparison, Table
from model.ink import InkError
from model.saliency import Explainer, Explanation
from model.steps import Steps
from web import guard

# A photograph from a phone has 5 MB.
MAX_FILE_SIZE = "20mb"
# Uploaded pictures are somebody's handwriting: every ten minutes, those older than ten minutes are deleted.
DELETE_UPLOADS = (600, 600)

# What Gradio's API page says of both endpoints' answer.
ANSWER = """
    Answer: number (what is read, such as "2026"; "?" for what is no digit), verdict of the whole ("digit", "unsure",
    "not a digit" or "blank") and its reason in words; readings, one for each digit from left to right: digit (the
    likeliest, or null), verdict, reason, probabilities (ten, calibrated, sum 1), no_digit (the probability of being
    none), image (what the network saw: 28 rows of 28 numbers, 0 paper to 255 ink), box on the pad (left, top, right,
    bottom), strokes (their numbers); current (which reading was written last; its fields stand at the top, too);
    milliseconds (the time that each step took)."""


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    # What is wrong with a picture is told its sender; Pillow would tell the log as well.
    warnings.filterwarnings("ignore", module="PIL")
    try:
        page = build(Classifier.load(options.checkpoint), options.checkpoint)
        address = launch(page, options)
    except CheckpointError as error:
        sys.exit(f"demo: {error}")
    except OSError:
        sys.exit(f"demo: port {options.port} is taken. Choose another one, or leave --port out for the next free one.")
    print(f"{components.TEXT['title']} at {address.rstrip('/')}", flush=True)
    try:
        threading.Event().wait()
    finally:
        page.close(verbose=False)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A page to draw a digit on, and a network that reads it.")
    parser.add_argument("--host", help="address to listen on (default: $GRADIO_SERVER_NAME, or 127.0.0.1)")
    parser.add_argument("--port", type=int, help="default: the first free one from $GRADIO_SERVER_PORT or 7860 on")
    parser.add_argument("--checkpoint", type=Path, default=classifier.DEFAULT, metavar="PATH", help="a .keras file")
    parser.add_argument("--share", action="store_true", help="also open a public address, through Gradio's servers")
    return parser.parse_args(arguments)


def build(network: Classifier, checkpoint: Path) -> gr.Blocks:
    """The page, and the endpoints of its API."""
    with gr.Blocks(title=components.TEXT["title"], analytics_enabled=False, delete_cache=DELETE_UPLOADS) as page:
        heading = components.heading()
        with gr.Row(elem_id="stage"):
            pad = components.sketchpad()
            answer = components.answer_view()
        with gr.Row(elem_id="below"):
            example = components.example_row()
            share = components.share_tools()
        with gr.Column(elem_id="more"):
            way = components.steps()
            table = components.comparison(network.name)
            portrait = components.about()

        # What happens in the browser; the server has no part in it.
        def passed_on(event, given, target, js):
            event(None, given, target, js=js, api_visibility="private")

        spoken = [heading, pad, answer, example, share, way, table, portrait]
        ids = json.dumps([component.elem_id for component in spoken])
        passed_on(heading.chosen, heading, spoken, f"(language) => window.words(language, {ids})")
        passed_on(example.input, example, pad, "(drawing) => drawing")
        passed_on(share.opened, share, pad, "({ strokes }) => ({ strokes })")
        passed_on(share.asked, [share, pad], share, "(asked, pad) => ({ ...asked, strokes: pad?.strokes ?? [] })")
        # From the browser, so that a drawing outlives its server; page/ask.js says why.
        gr.on([pad.input, answer.retry], None, pad, [answer, pad], js="(drawing) => window.ask(drawing)")
        passed_on(answer.wondering, [pad, answer], answer, "window.wonder")
        for asks in (way.asked, answer.wondering):
            passed_on(asks, [pad, answer], way, "window.steps")
        for asks in (table.asked, answer.wondering):
            passed_on(asks, [pad, answer], table, "window.compare")
        passed_on(portrait.asked, None, portrait, "window.about")
        add_api(network, checkpoint, pad, answer, way, table, portrait)
    return page


def add_api(network: Classifier, checkpoint: Path, pad, answer, way, table, portrait) -> None:
    """The endpoints. No event of the page triggers them; its script calls them like anybody else."""
    explainer, models = Explainer(network.network), Comparison()

    def predict(drawing):
        """Read a digit or a number from strokes: {"strokes": [[[x, y], …], …]}, one list of points for each way of the
        pen from touching to leaving the paper, x right and y down, as fractions of the paper's side."""
        return answered(network.read_strokes, drawing)

    def predict_image(picture):
        """Read a digit or a number from a picture file: dark on light or light on dark, of at most 25 megapixels."""
        return answered(network.read_picture, picture)

    def explain(drawing, digit, rather_than):
        """Say which ink decided. Takes one digit, as strokes or as {"image": …} out of an answer; what it was read as,
        null for no digit; and another digit to compare it with, or null for all others. Answer: evidence, 28 rows of
        28 whole numbers from -127 to 127, above 0 where ink spoke for that reading, below 0 where it spoke against."""
        return answered(explainer.explain_drawing, drawing, digit, rather_than)

    def compare(drawing):
        """Read one digit, as strokes or as {"image": …} out of an answer, with every model that has a checkpoint.
        Answer: models, the least accurate first: name, digit or null, verdict, probability, mnist (its accuracy there),
        bytes, milliseconds."""
        return answered(models.read_drawing, drawing)

    def steps(drawing):
        """Show how the strokes of one digit become 28 × 28 pixels. Answer: steps, each with its name ("ink", "cropped",
        "fitted" or "centred") and its image, rows of whole numbers from 0, paper, to 255, ink."""
        return answered(normalization_steps.of_strokes, drawing)

    def about():
        """What was measured of the network that answers here. Answer: facts, each with its name, kind and value (shares
        from 0 to 1, bytes, seconds), and pictures, SVG by name: reliability, learning curves, refusal, mistakes."""
        return portraits.of(checkpoint, network.notes).as_json()

    picture, result = components.picture_file(), components.hidden_json("evidence")
    digit, rather = components.hidden_json("digit", 7), components.hidden_json("rather than", 1)
    for endpoint, given, output in (
        (predict, pad, answer),
        (predict_image, picture, answer),
        (explain, [pad, digit, rather], result),
        (compare, pad, table),
        (steps, pad, way),
        (about, None, portrait),
    ):
        description = f"{endpoint.__doc__} {ANSWER if output is answer else ''}"
        gr.on(
            [],
            endpoint,
            given,
            output,
            api_name=endpoint.__name__,
            api_description=" ".join(description.split()),
            queue=False,
        )


def answered(read: Callable[..., Answer | Explanation | Table | Steps], *given: object) -> dict:
    """The answer as JSON. What cannot be read is told the caller in words, without a traceback in the log."""
    try:
        return read(*given).as_json()
    except InkError as error:
        raise gr.Error(str(error), print_exception=False) from None


def launch(page: gr.Blocks, options: argparse.Namespace) -> str:
    """Serve the page and return its address. Raises OSError when the port is taken."""
    _, address, public_address = page.launch(
        server_name=options.host,
        server_port=options.port,
        share=options.share,
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        max_file_size=MAX_FILE_SIZE,
        footer_links=["api"],
        theme=theme(),
        css=components.read_asset("page/page.css"),
        head="".join(f"<script>{components.read_asset(f'page/{name}.js')}</script>" for name in ("words", "ask")),
        i18n=gr.I18n(**components.TEXTS),
        favicon_path=components.ASSETS / "page" / "favicon.svg",
        app_kwargs={"middleware": [guard.middleware(page)]},
    )
    return public_address or address


def theme() -> gr.themes.Base:
    """Gradio's own, with one accent colour, and with fonts that are already on the visitor's machine."""
    return gr.themes.Default(
        primary_hue="indigo",
        secondary_hue="indigo",
        neutral_hue="zinc",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        # Gradio's own is too pale: 2.6 : 1 on white.
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
    )


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
