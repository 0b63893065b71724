"""The baseline of `benchmark`: a page of gr.Sketchpad and gr.Label, Gradio's own ("stock") components.

    python -m tests.tools.stock

The page uses the classifier of the demo. To be as fast as stock components can be, the page has a pad of 280×280 pixels
without layers, no progress bar and no queue.
"""

import argparse
import os
import threading

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from PIL import Image

from model.inference.classifier import Classifier


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve a page of Gradio's stock components.")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=int, help="default: the first free port from 7860")
    options = parser.parse_args()
    page = build(Classifier.load())
    _, address, _ = page.launch(
        server_name=options.host, server_port=options.port, prevent_thread_lock=True, quiet=True, ssr_mode=False
    )
    print(address.rstrip("/"), flush=True)
    threading.Event().wait()


def build(classifier: Classifier) -> gr.Blocks:
    """Return the page."""

    def read(drawing: dict) -> dict[str, float] | None:
        if drawing["composite"] is None:
            return None
        answer = classifier.read_picture(Image.fromarray(drawing["composite"]))
        return {str(digit): probability for digit, probability in enumerate(answer.reading.probabilities)}

    with gr.Blocks(analytics_enabled=False) as page:
        pad = gr.Sketchpad(canvas_size=(280, 280), layers=False, elem_id="pad")
        label = gr.Label(num_top_classes=10, elem_id="label")
        pad.change(read, pad, label, show_progress="hidden", queue=False)
    return page


if __name__ == "__main__":
    main()
