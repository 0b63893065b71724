"""The page: a sketchpad in, ten probabilities out. Builds and launches, nothing else.

python demo.py                                                 one process, for one machine or a Space
DEMO_CHECKPOINT=… uvicorn --factory demo:app --workers 2       several
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
import warnings
from pathlib import Path

# Before Gradio is imported: a page that people write on by hand tells nobody about them.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware

from assets import components
from model import classifier, corrections
from model.checkpoint import CheckpointError
from model.corrections import Corrections, StorageError
from model.mirror import MirrorError
from web import guard
from web.address import AddressError, check_address
from web.api import Api
from web.engine import Engine
from web.express import Express
from web.health import Health

# A photograph from a phone has 5 MB.
MAX_FILE_SIZE = "20mb"
# Uploaded pictures are somebody's handwriting: every ten minutes, those older than ten minutes are deleted.
DELETE_UPLOADS = (600, 600)


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    # As Ctrl+C does: what is under way is answered, then the server goes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    page = None
    try:
        check_address(options.host, options.port)
        engine = Engine(options.checkpoint)
        page = build(engine, corrections.configured(options.corrections))
        address = launch(page, engine, options)
        engine.wait()
        print(f"{components.TEXT['title']} at {address.rstrip('/')}", flush=True)
        threading.Event().wait()
    except (AddressError, CheckpointError, StorageError, MirrorError, OSError) as error:
        sys.exit(f"demo: {error}")
    finally:
        if page:
            page.close(verbose=False)


def app() -> FastAPI:
    """The page as an ASGI application; set up by the environment: DEMO_CHECKPOINT, CORRECTIONS."""
    engine = Engine(Path(os.environ.get("DEMO_CHECKPOINT", classifier.DEFAULT)))
    page = build(engine, corrections.configured())
    return gr.mount_gradio_app(FastAPI(), page, path="/", **settings(page, engine))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A page to draw a digit on, and a network that reads it.")
    parser.add_argument("--host", help="address to listen on (default: $GRADIO_SERVER_NAME, or 127.0.0.1)")
    parser.add_argument(
        "--port", type=port, metavar="N", help="default: the first free one from $GRADIO_SERVER_PORT or 7860 on"
    )
    parser.add_argument("--checkpoint", type=Path, default=classifier.DEFAULT, metavar="PATH", help="a .keras file")
    parser.add_argument("--corrections", type=Path, metavar="FILE", help="keep visitors' there (default: $CORRECTIONS)")
    parser.add_argument("--share", action="store_true", help="also open a public address, through Gradio's servers")
    return parser.parse_args(arguments)


def port(text: str) -> int:
    value = int(text)
    if not 0 < value < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 65535")
    return value


def build(engine: Engine, kept: Corrections | None) -> gr.Blocks:
    """The page, and the endpoints of its API. Without a place for corrections nobody is asked for any."""
    with gr.Blocks(title=components.TEXT["title"], analytics_enabled=False, delete_cache=DELETE_UPLOADS) as page:
        heading = components.heading()
        with gr.Row(elem_id="stage"):
            pad = components.sketchpad()
            answer = components.answer_view()
        with gr.Row(elem_id="below"):
            example = components.example_row()
            share = components.share_tools()
        with gr.Column(elem_id="more"):
            teaching = components.teaching(kept is not None)
            way = components.steps()
            table = components.comparison(engine.name)
            portrait = components.about()

        # What happens in the browser; the server has no part in it.
        def passed_on(event, given, target, js):
            event(None, given, target, js=js, api_visibility="private")

        spoken = [heading, pad, answer, example, share, teaching, way, table, portrait]
        ids = json.dumps([component.elem_id for component in spoken])
        passed_on(heading.chosen, heading, spoken, f"(language) => window.words(language, {ids})")
        passed_on(example.input, example, pad, "(drawing) => drawing")
        passed_on(share.opened, share, pad, "({ strokes }) => ({ strokes })")
        passed_on(share.asked, [share, pad], share, "(asked, pad) => ({ ...asked, strokes: pad?.strokes ?? [] })")
        # From the browser, so that a drawing outlives its server; page/ask.js says why.
        gr.on([pad.input, answer.retry], None, pad, [answer, pad], js="(drawing) => window.ask(drawing)")
        passed_on(answer.wondering, [pad, answer], answer, "window.wonder")
        passed_on(answer.wondering, [pad, answer], teaching, "window.correctable")
        passed_on(teaching.taught, [teaching, pad, answer], teaching, "window.teach")
        for asks in (way.asked, answer.wondering):
            passed_on(asks, [pad, answer], way, "window.steps")
        for asks in (table.asked, answer.wondering):
            passed_on(asks, [pad, answer], table, "window.compare")
        passed_on(portrait.asked, None, portrait, "window.about")

        api, hidden = Api(engine, kept), components.hidden_json
        api.serve(
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


def launch(page: gr.Blocks, engine: Engine, options: argparse.Namespace) -> str:
    """Serve the page and return its address. Raises OSError when no port is free."""
    _, address, public_address = page.launch(
        server_name=options.host,
        server_port=options.port,
        share=options.share,
        prevent_thread_lock=True,
        quiet=True,
        **settings(page, engine),
    )
    return public_address or address


def settings(page: gr.Blocks, engine: Engine) -> dict:
    """What is the same in whatever way the page is served."""
    # What is wrong with a picture is told its sender; Pillow would tell the log as well.
    warnings.filterwarnings("ignore", module="PIL")
    scripts = (components.read_asset(f"page/{name}.js") for name in ("words", "ask"))
    return {
        "ssr_mode": False,
        "run_history": False,
        "max_file_size": MAX_FILE_SIZE,
        "footer_links": ["api"],
        "theme": theme(),
        "css": components.read_asset("page/page.css"),
        "head": "".join(f"<script>{script}</script>" for script in scripts),
        "i18n": gr.I18n(**components.TEXTS),
        "favicon_path": components.ASSETS / "page" / "favicon.svg",
        "app_kwargs": {
            "middleware": [
                Middleware(Health, ready=lambda: engine.ready),
                guard.middleware(page),
                Middleware(Express, answers={"predict": engine.read_all, "explain": engine.explain_all}),
            ]
        },
    }


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
