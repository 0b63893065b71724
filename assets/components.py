"""The page's visual components as Gradio ones. How each looks and what it does lies in assets/<its name>/."""

import json
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from gradio.components import Component

ASSETS = Path(__file__).parent
TEXTS = json.loads((ASSETS / "texts.json").read_text(encoding="utf-8"))
"""Every word of the page, by language."""
TEXT = TEXTS["en"]
"""What the page comes in; its own script changes it to the visitor's language."""

_NUMBERS = {"type": "array", "items": {"type": "number"}}
_SEVEN = [[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]]


def heading() -> gr.HTML:
    """The title, and the choice of a language. Value: the language chosen, a key of TEXTS."""
    return _component("heading", label="language")


def sketchpad() -> gr.HTML:
    """Where one draws. Value: {"strokes": [[[x, y], …], …]} in fractions of the pad's side, x right, y down."""
    strokes = {"type": "array", "items": {"type": "array", "items": _NUMBERS}}
    schema = {"type": "object", "properties": {"strokes": strokes}, "required": ["strokes"]}
    scripts = ["drawing.js", "sketchpad/photo.js", "sketchpad/keyboard.js"]
    return _documented(_component("sketchpad", label="drawing", before=scripts), schema, {"strokes": [_SEVEN]})


def answer_view() -> gr.HTML:
    """Verdict, the image that the network saw, ten bars. Value: what classifier.Answer.as_json() gives."""
    whole_numbers = {"type": "array", "items": {"type": "integer"}}
    reading = {
        "digit": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "verdict": {"type": "string"},
        "reason": {"type": "string"},
        "probabilities": _NUMBERS,
        "no_digit": {"type": "number"},
        "image": {"type": "array", "items": whole_numbers},
        "box": {"anyOf": [_NUMBERS, {"type": "null"}]},
        "strokes": whole_numbers,
    }
    properties = reading | {
        "number": {"type": "string"},
        "readings": {"type": "array", "items": {"type": "object", "properties": reading}},
        "current": {"type": "integer"},
        "milliseconds": {"type": "object", "additionalProperties": {"type": "number"}},
    }
    return _documented(_component("answer", label="answer"), {"type": "object", "properties": properties})


def example_row() -> gr.HTML:
    """Drawings to try, from assets/examples/, and a way to bring a picture. Value: {"strokes": …} or {"picture": …}."""
    drawings = [
        {"name": name} | json.loads(read_asset(f"examples/{name}.json"))
        for name in ("two", "slashed-zero", "crossed-seven", "open-four", "2026", "letter", "scribble")
    ]
    return _component("examples", label="example", examples=drawings)


def share_tools() -> gr.HTML:
    """A link that carries the drawing, and its files. Value: {"strokes": …, "as": "link", "png" or "json"}."""
    return _component("share", label="share", before=["drawing.js", "share/link.js"])


def comparison(own: str) -> gr.HTML:
    """Every model's reading of the drawing, folded. Value: what comparison.Table.as_json() gives."""
    return _component("compare", label="every model", own=own)


def teaching(wanted: bool) -> gr.HTML:
    """“It was a …”, shown only where corrections are kept. Value: {"label": …} of a click, {"kept": true} in answer."""
    return _component("teach", label="correction", visible=wanted)


def steps() -> gr.HTML:
    """How the drawing becomes 28×28, folded. Value: what steps.Steps.as_json() gives."""
    return _component("steps", label="steps")


def about() -> gr.HTML:
    """What is known of the network, folded. Value: what portrait.Portrait.as_json() gives."""
    return _component("about", label="about")


def picture_file() -> gr.File:
    """A picture for the API, as it was uploaded; not to be seen on the page."""
    file = gr.File(label="picture", visible=False)
    example = {"path": "digit.png", "url": "digit.png", "orig_name": "digit.png", "meta": {"_type": "gradio.FileData"}}
    return _documented(file, file.api_info(), example)


def hidden_json(label: str, example=None) -> gr.JSON:
    """A value of the API that the page does not show."""
    return _documented(gr.JSON(label=label, visible=False), {}, example)


def read_asset(path: str) -> str:
    """The text of assets/<path>."""
    return (ASSETS / path).read_text(encoding="utf-8")


def _component(name: str, label: str, before: Sequence[str] = (), visible: bool = True, **props) -> gr.HTML:
    """Markup, style and script from assets/<name>/<name>.{html,css,js}, the script after others that it builds on."""
    return gr.HTML(
        label=label,
        html_template=read_asset(f"{name}/{name}.html"),
        css_template=read_asset(f"{name}/{name}.css"),
        js_on_load="\n".join(map(read_asset, [*before, f"{name}/{name}.js"])),
        apply_default_css=False,
        elem_id=name,
        visible=visible,
        text=TEXT,
        **props,
    )


def _documented(component: Component, schema: dict, example: dict | None = None) -> Component:
    """Say on Gradio's API page what the component's value is.

    Set on the instance: Gradio writes a .pyi file beside every module that derives a class from one of its components.
    """
    component.api_info = lambda: schema
    component.example_payload = component.example_value = lambda: example
    return component
