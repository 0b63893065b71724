"""The page: draw a digit, and a neural network reads it while the pen moves.

python demo.py                         serve on this machine or on a Space
python demo.py --export FOLDER         write the page as a static site
uvicorn --factory demo:app             serve with several processes: --workers 2
serve run demo:cluster                 serve on several machines, with Ray Serve
import demo; demo.launch()             show the page in a notebook
"""

from model.interrupts import exit_while_importing, interruptible

if __name__ == "__main__":
    exit_while_importing("demo")

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from web.environment import gradio_environment
from web.stub_files import without_stub_files

with gradio_environment(), without_stub_files():
    import gradio as gr

from fastapi import FastAPI

from model.errors import exit_on_error
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from web import components
from web.api import Api
from web.app import configured_checkpoint, create_app, serve, start
from web.engine import MODES
from web.gradio_endpoints import add_endpoints
from web.texts import ENGLISH

if TYPE_CHECKING:
    from ray.serve import Application


def build_page(api: Api) -> gr.Blocks:
    """Build the page: its components, its events, and the endpoints for Gradio's clients."""
    with gr.Blocks(title=ENGLISH["title"], analytics_enabled=False) as page:
        components.heading()
        with gr.Row(elem_id="stage"):
            pad = components.sketchpad()
            answer = components.answer_view(rejects=api.service.rejects)
            timeline = components.timeline()
        with gr.Row(elem_id="below"):
            example = components.example_row()
            share = components.share_tools(rejects=api.service.rejects)
        with gr.Column(elem_id="network"):
            components.inside(api.service.models)
        with gr.Column(elem_id="more"):
            learns = api.service.network is not None
            correction = components.correction(stores=api.service.store is not None, learns=learns)
            learned = components.learned(api.service.network)
            erasures = components.erasures()
            networks = components.networks()
            quiz = components.quiz(learns)
            steps = components.steps()
            comparison = components.comparison()
            about = components.about()
        components.footer()

        # Browser-side wiring: each event calls a function of assets/page/events.js, which may call the API.
        run_in_browser([example.input], example, pad, "showExample")
        run_in_browser([share.linked], share, pad, "openLink")
        run_in_browser([share.requested], [share, pad], share, "shareDrawing")
        run_in_browser([answer.rested], pad, share, "offerSharing")
        run_in_browser([pad.input, answer.retry], pad, [answer, pad, timeline], "readDrawing")
        run_in_browser([answer.rested], answer, timeline, "followAnswer")
        # Before the explanation, which may wait for the server.
        run_in_browser([answer.rested], answer, correction, "offerCorrection")
        run_in_browser([answer.rested], answer, answer, "explain")
        run_in_browser([correction.chosen], [correction, answer], answer, "chooseDigit")
        run_in_browser([correction.labeled], [correction, answer], correction, "storeCorrection")
        run_in_browser([correction.undone], correction, correction, "undoCorrection")
        run_in_browser([learned.changed], [pad, answer], answer, "readAgain")
        run_in_browser([quiz.started], None, pad, "clearPad")
        run_in_browser([quiz.drawn], [quiz, pad], [quiz, pad], "examine")
        run_in_browser([quiz.taught], quiz, quiz, "teach")
        run_in_browser([erasures.opened, answer.rested], answer, erasures, "askErasures")
        run_in_browser([erasures.erased], [erasures, answer], pad, "eraseBlock")
        run_in_browser([networks.changed, answer.rested], [answer, networks], networks, "askNetworks")
        run_in_browser([steps.opened, answer.rested], answer, steps, "steps")
        run_in_browser([comparison.opened, answer.rested], answer, comparison, "compare")
        run_in_browser([about.opened], None, about, "about")
        add_endpoints(api)
    return page


def run_in_browser(events, inputs, outputs, function: str) -> None:
    """Call a function of assets/page/events.js on each event. It maps the values of `inputs` to those of `outputs`."""
    js = components.call_in_page(function)
    for event in events:
        event(None, inputs, outputs, js=js, api_visibility="private")


def launch(**options) -> gr.Blocks:
    """Serve the page in the background. In a notebook, also show the page below the cell.

    options: the arguments of `web.app.start`, such as `port` and `share`. To stop the server, call `close()` of the
    returned page. Raises UserError if the page cannot be served.
    """
    page, _, _ = start(build_page, **options)
    return page


def app() -> FastAPI:
    """Return the page as an ASGI application for uvicorn.

    The environment variables DEMO_CHECKPOINT, DEMO_ENGINE and CORRECTIONS configure the application.
    """
    return create_app(build_page)


def cluster(arguments: dict[str, str]) -> "Application":
    """Return the page as an application of Ray Serve. Ray Serve passes `arguments`; this function ignores them."""
    from web.ray_serve import build_application

    return build_application(app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = parse(arguments)
    folder, check = options.__dict__.pop("export"), options.__dict__.pop("check")
    with exit_on_error("demo"), contextlib.suppress(KeyboardInterrupt):
        if folder is None:
            serve(build_page, **vars(options))
        else:
            from web.export.command import run

            run(build_page, folder, options.checkpoint, check)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options of the command line. The options are the arguments of `serve`."""
    parser = argparse.ArgumentParser(description="Serve a web page: draw a digit, and a neural network reads it.")
    parser.add_argument("--host", help="address to listen on (default: $GRADIO_SERVER_NAME, or 127.0.0.1)")
    parser.add_argument(
        "--port", type=port, metavar="N", help="port (default: the first free one from $GRADIO_SERVER_PORT or 7860)"
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        default=configured_checkpoint(),
        metavar="PATH",
        help=f"the network, a .keras file (default: $DEMO_CHECKPOINT, or {DEFAULT_CHECKPOINT.stem})",
    )
    parser.add_argument(
        "--corrections", type=Path, metavar="FILE", help="store visitors' corrections in FILE (default: $CORRECTIONS)"
    )
    parser.add_argument(
        "--engine",
        choices=MODES,
        help="who answers drawings: the browser after the server (auto), or only one of them (default: $DEMO_ENGINE)",
    )
    parser.add_argument("--share", action="store_true", help="also open a public address, through Gradio's servers")
    parser.add_argument("--access-log", action="store_true", help="log each request, without addresses and drawings")
    parser.add_argument(
        "--export", type=Path, metavar="FOLDER", help="write the page as a static site to FOLDER, and do not serve it"
    )
    parser.add_argument(
        "--check", action="store_true", help="with --export: compare the site with Python on 2,000 drawings in Chromium"
    )
    parser.add_argument("--metrics", action="store_true", help="serve counters for Prometheus at /metrics")
    return parser.parse_args(arguments)


def port(text: str) -> int:
    """Argparse type: a port number from 1 to 65535."""
    value = int(text)
    if not 0 < value < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 65535")
    return value


if __name__ == "__main__":
    with interruptible("demo"):
        main()
