"""The page: draw a digit and see what the network reads.

python demo.py                         serve on this machine or on a Space
uvicorn --factory demo:app             serve with several processes: --workers 2
serve run demo:cluster                 serve on several machines, with Ray Serve
"""

import argparse
import contextlib
import json
import os
from pathlib import Path

# Before Gradio is imported: no usage statistics are sent.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI

from model.errors import reported
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from web import components
from web.api import Api
from web.app import create_app, serve
from web.texts import ENGLISH

# Seconds. Uploaded pictures show people's handwriting: every 10 minutes, those older than 10 minutes are deleted.
DELETE_UPLOADS = (600, 600)


def build_page(api: Api) -> gr.Blocks:
    """Build the page: its components, its events, and the API's endpoints."""
    with gr.Blocks(title=ENGLISH["title"], analytics_enabled=False, delete_cache=DELETE_UPLOADS) as page:
        heading = components.heading()
        with gr.Row(elem_id="stage"):
            pad = components.sketchpad()
            answer = components.answer_view()
        with gr.Row(elem_id="below"):
            example = components.example_row()
            share = components.share_tools()
        with gr.Column(elem_id="more"):
            correction = components.correction(visible=api.store is not None)
            steps = components.steps()
            comparison = components.comparison(api.service.name)
            about = components.about()

        # Each event runs a JavaScript function in the browser; some of these functions call the API.
        translated = [heading, pad, answer, example, share, correction, steps, comparison, about]
        ids = json.dumps([component.elem_id for component in translated])
        run_in_browser(heading.chosen, heading, translated, f"(language) => window.words(language, {ids})")
        run_in_browser(example.input, example, pad, "(drawing) => drawing")
        run_in_browser(share.opened, share, pad, "({ strokes }) => ({ strokes })")
        run_in_browser(share.asked, [share, pad], share, "(asked, pad) => ({ ...asked, strokes: pad?.strokes ?? [] })")
        # The drawing is sent from JavaScript, so that it survives a restart of the server; see page/ask.js.
        gr.on([pad.input, answer.retry], None, pad, [answer, pad], js="(drawing) => window.ask(drawing)")
        run_in_browser(answer.wondering, [pad, answer], answer, "window.wonder")
        run_in_browser(answer.wondering, [pad, answer], correction, "window.correctable")
        run_in_browser(correction.taught, [correction, pad, answer], correction, "window.teach")
        for event in (steps.asked, answer.wondering):
            run_in_browser(event, [pad, answer], steps, "window.steps")
        for event in (comparison.asked, answer.wondering):
            run_in_browser(event, [pad, answer], comparison, "window.compare")
        run_in_browser(about.asked, None, about, "window.about")

        hidden = components.hidden_json
        api.add_endpoints(
            [
                (api.predict, [pad], answer),
                (api.predict_image, [components.picture_file()], answer),
                (api.explain, [pad, hidden("digit", 7), hidden("rather than", 1)], hidden("evidence")),
                (api.compare, [pad], hidden("models")),
                (api.steps, [pad], hidden("steps")),
                (api.about, [], hidden("facts and pictures")),
                (api.correct, [pad, hidden("label", "7")], hidden("kept")),
            ]
        )
    return page


def run_in_browser(event, inputs, output, js: str) -> None:
    """Run a JavaScript function on an event: from the values of `inputs` to that of `output`."""
    event(None, inputs, output, js=js, api_visibility="private")


def app() -> FastAPI:
    """Return the page as an ASGI application, for uvicorn. DEMO_CHECKPOINT and CORRECTIONS configure it."""
    return create_app(build_page)


def cluster(arguments: dict[str, str]):
    """Return the page as an application of Ray Serve."""
    from web.ray_serve import build_application

    return build_application(app)


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    with reported("demo"), contextlib.suppress(KeyboardInterrupt):
        serve(build_page, **vars(options))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve a page on which a network reads the digits that one draws.")
    parser.add_argument("--host", help="address to listen on (default: $GRADIO_SERVER_NAME, or 127.0.0.1)")
    parser.add_argument(
        "--port", type=port, metavar="N", help="default: the first free port from $GRADIO_SERVER_PORT or 7860"
    )
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT_CHECKPOINT, metavar="PATH", help="a .keras file")
    parser.add_argument(
        "--corrections", type=Path, metavar="FILE", help="keep visitors' corrections in FILE (default: $CORRECTIONS)"
    )
    parser.add_argument("--share", action="store_true", help="also open a public address, through Gradio's servers")
    return parser.parse_args(arguments)


def port(text: str) -> int:
    value = int(text)
    if not 0 < value < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 65535")
    return value


if __name__ == "__main__":
    main()
